package dev.tasker.examples.demo;

import dev.tasker.worker.RetryableStepException;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Charges the card at a gateway that sometimes does not answer. The payment is named after the step, not the attempt:
 * a gateway that did charge before it fell silent would know the second request for the first.
 */
final class ChargePayment implements StepHandler {

    @Override
    public StepResult handle(StepContext context) {
        return charged(
                Basket.of(context),
                context.input("payment", JsonNode.class).path("card_ending").asString(""),
                context.configOr("currency", "EUR"),
                context.inputOr("simulate_gateway_hiccup", false),
                context);
    }

    static StepResult charged(Basket basket, String cardEnding, String currency, boolean hiccup, StepContext context) {
        if (hiccup && !context.isRetry()) {
            throw new RetryableStepException("payment gateway did not answer");
        }
        return StepResult.success(
                Map.of(
                        "payment",
                        "P-" + context.stepUuid(),
                        "amount",
                        basket.total(),
                        "currency",
                        currency,
                        "card",
                        "**** " + cardEnding),
                Map.of("attempt", context.attempt()));
    }
}
