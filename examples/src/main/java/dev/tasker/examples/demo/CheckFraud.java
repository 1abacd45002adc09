package dev.tasker.examples.demo;

import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import java.util.ArrayList;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Adds up points for what is unusual about an order; the limits come from the template. */
final class CheckFraud implements StepHandler {

    @Override
    public StepResult handle(StepContext context) {
        Basket basket = Basket.of(context);
        JsonNode customer = context.input("customer", JsonNode.class);
        String home = context.input("delivery", JsonNode.class).path("country").asString("");
        String cardHome =
                context.input("payment", JsonNode.class).path("card_country").asString("");

        int score = 0;
        var reasons = new ArrayList<String>();
        if (customer.path("orders_before").asInt(0) == 0) {
            score += 20;
            reasons.add("first order of this customer");
        }
        if (basket.total() > 50_000) {
            score += 25;
            reasons.add("high total");
        }
        if (basket.lines().stream().anyMatch(line -> line.quantity() > 20)) {
            score += 15;
            reasons.add("many pieces of one article");
        }
        if (!home.equals(cardHome)) {
            score += 40;
            reasons.add("card from " + cardHome + ", delivery to " + home);
        }
        if (score >= context.configOr("refuse_from", 80)) {
            return StepResult.failure("Order looks like fraud: " + String.join(", ", reasons))
                    .type("FraudSuspected")
                    .code("FRAUD_SUSPECTED")
                    .permanent()
                    .context("score", score);
        }
        String verdict = score >= context.configOr("watch_from", 40) ? "watch" : "clear";
        return StepResult.success(Map.of("score", score, "verdict", verdict, "reasons", reasons));
    }
}
