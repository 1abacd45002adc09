package dev.tasker.examples.demo;

import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import java.util.ArrayList;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Adds up points for what is unusual about an order; the limits come from the template. */
final class CheckFraud implements StepHandler {

    /** What is usual for a customer: countries of delivery and card, and how many orders came before. */
    record Customs(int ordersBefore, String home, String cardHome) {}

    @Override
    public StepResult handle(StepContext context) {
        return assessed(
                Basket.of(context),
                new Customs(
                        context.input("customer", JsonNode.class)
                                .path("orders_before")
                                .asInt(0),
                        context.input("delivery", JsonNode.class)
                                .path("country")
                                .asString(""),
                        context.input("payment", JsonNode.class)
                                .path("card_country")
                                .asString("")),
                context.configOr("watch_from", 40),
                context.configOr("refuse_from", 80));
    }

    static StepResult assessed(Basket basket, Customs customs, int watchFrom, int refuseFrom) {
        int score = 0;
        var reasons = new ArrayList<String>();
        if (customs.ordersBefore() == 0) {
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
        if (!customs.home().equals(customs.cardHome())) {
            score += 40;
            reasons.add("card from " + customs.cardHome() + ", delivery to " + customs.home());
        }
        if (score >= refuseFrom) {
            return StepResult.failure("Order looks like fraud: " + String.join(", ", reasons))
                    .type("FraudSuspected")
                    .code("FRAUD_SUSPECTED")
                    .permanent()
                    .context("score", score);
        }
        String verdict = score >= watchFrom ? "watch" : "clear";
        return StepResult.success(Map.of("score", score, "verdict", verdict, "reasons", reasons));
    }
}
