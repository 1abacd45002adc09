package dev.tasker.examples.demo;

import dev.tasker.worker.PermanentStepException;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Looks up each article, adds up the prices and decides on the cost of shipping. */
final class ValidateOrder implements StepHandler {

    /** A line as it was ordered. */
    record Ordered(String article, int quantity) {}

    @Override
    public StepResult handle(StepContext context) {
        String orderNumber = context.input("order_number", String.class);
        var lines = new ArrayList<Basket.Line>();
        for (Ordered ordered : context.input("lines", Ordered[].class)) {
            lines.add(price(ordered));
        }
        if (lines.isEmpty()) {
            throw new PermanentStepException("order " + orderNumber + " has no lines", "EMPTY_ORDER", null);
        }
        requireAddress(context);
        return StepResult.success(basket(context, orderNumber, lines));
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

    private static void requireAddress(StepContext context) {
        JsonNode email = context.input("customer", JsonNode.class).path("email");
        if (!email.asString("").contains("@")) {
            throw new PermanentStepException("customer.email: " + email + " (expected: an address)", "BAD_EMAIL", null);
        }
    }

    private static Basket basket(StepContext context, String orderNumber, List<Basket.Line> lines) {
        long goods = lines.stream().mapToLong(Basket.Line::price).sum();
        long grams = lines.stream()
                .mapToLong(line -> (long) line.quantity() * line.grams())
                .sum();
        boolean free = goods >= context.configOr("free_shipping_from_cents", 5_000);
        long shipping = free ? 0 : context.configOr("shipping_cents", 490);
        int vatPercent = context.configOr("vat_percent", 19);
        long total = goods + shipping;
        long vatIncluded = Math.round((double) total * vatPercent / (100 + vatPercent));
        return new Basket(orderNumber, lines, goods, shipping, vatIncluded, total, grams);
    }
}
