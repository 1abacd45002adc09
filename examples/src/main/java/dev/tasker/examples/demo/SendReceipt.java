package dev.tasker.examples.demo;

import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.ValidationStepException;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Writes the receipt that a real shop would hand to its mail server. */
final class SendReceipt implements StepHandler {

    @Override
    public StepResult handle(StepContext context) {
        Basket basket = Basket.of(context);
        JsonNode payment = context.dependencyField("charge_payment", "payment");
        if (payment == null) {
            throw new ValidationStepException("order " + basket.orderNumber() + " is not paid");
        }
        String email = context.input("customer", JsonNode.class).path("email").asString("");
        return StepResult.success(receipt(basket, payment.asString(""), email));
    }

    static Map<String, String> receipt(Basket basket, String payment, String email) {
        var text = new StringBuilder("Order ").append(basket.orderNumber()).append('\n');
        for (Basket.Line line : basket.lines()) {
            text.append(row(line.quantity() + " x " + line.title(), line.price()));
        }
        text.append(row("Shipping", basket.shipping()))
                .append(row("Total", basket.total()))
                .append(row("of which VAT", basket.vatIncluded()));
        return Map.of("sent_to", email, "payment", payment, "text", text.toString());
    }

    private static String row(String what, long cents) {
        return String.format(Locale.ROOT, "%-28s %7d.%02d%n", what, cents / 100, cents % 100)
                .replace(System.lineSeparator(), "\n");
    }
}
