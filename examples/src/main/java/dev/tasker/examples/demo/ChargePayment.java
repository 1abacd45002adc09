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
        Basket basket = Basket.of(context);
        if (context.inputOr("simulate_gateway_hiccup", false) && !context.isRetry()) {
            throw new RetryableStepException("payment gateway did not answer");
        }
        JsonNode payment = context.input("payment", JsonNode.class);
        return StepResult.success(
                Map.of(
                        "payment",
                        "P-" + context.stepUuid(),
                        "amount",
                        basket.total(),
                        "currency",
                        context.configOr("currency", "EUR"),
                        "card",
                        "**** " + payment.path("card_ending").asString("")),
                Map.of("attempt", context.attempt()));
    }
}
