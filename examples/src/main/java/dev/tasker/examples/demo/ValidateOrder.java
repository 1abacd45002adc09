package dev.tasker.examples.demo;

import dev.tasker.worker.PermanentStepException;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Looks up each article, adds up the prices and decides on the cost of shipping. */
final class ValidateOrder implements StepHandler {

    /** A line as it was ordered. */
    record Ordered(String article, int quantity) {}

    /** What is added to the goods. */
    record Prices(int shippingCents, int freeFromCents, int vatPercent) {}

    @Override
    public StepResult handle(StepContext context) {
        return StepResult.success(priced(
                context.input("order_number", String.class),
                List.of(context.input("lines", Ordered[].class)),
                context.input("customer", JsonNode.class).path("email").asString(""),
                new Prices(
                        context.configOr("shipping_cents", 490),
                        context.configOr("free_shipping_from_cents", 5_000),
                        context.configOr("vat_percent", 19))));
    }

    static Basket priced(String orderNumber, List<Ordered> ordered, String email, Prices prices) {
        List<Basket.Line> lines = ordered.stream().map(ValidateOrder::price).toList();
        if (lines.isEmpty()) {
            throw new PermanentStepException("order " + orderNumber + " has no lines", "EMPTY_ORDER", null);
        }
        if (!email.contains("@")) {
            throw new PermanentStepException("customer.email: " + email + " (expected: an address)", "BAD_EMAIL", null);
        }
        return basket(orderNumber, lines, prices);
    }

    private static Basket.Line price(Ordered ordered) {
        Article article = Article.find(ordered.article());
        if (article == null) {
            throw new PermanentStepException("no article " + ordered.article(), "UNKNOWN_ARTICLE", null);
        }
        if (ordered.quantity() < 1) {
            throw new PermanentStepException(
                    "quantity of " + article.id() + ": " + ordered.quantity() + " (expected: >= 1)",
                    "BAD_QUANTITY",
                    null);
        }
        long price = (long) ordered.quantity() * article.cents();
        return new Basket.Line(
                article.id(), article.title(), ordered.quantity(), article.cents(), price, article.grams());
    }

    private static Basket basket(String orderNumber, List<Basket.Line> lines, Prices prices) {
        long goods = lines.stream().mapToLong(Basket.Line::price).sum();
        long grams = lines.stream()
                .mapToLong(line -> (long) line.quantity() * line.grams())
                .sum();
        long shipping = goods >= prices.freeFromCents() ? 0 : prices.shippingCents();
        long total = goods + shipping;
        long vatIncluded = Math.round((double) total * prices.vatPercent() / (100 + prices.vatPercent()));
        return new Basket(orderNumber, lines, goods, shipping, vatIncluded, total, grams);
    }
}
