package dev.tasker.examples.fulfilment;

import static dev.tasker.examples.DeclaredFailure.invalid;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Ids;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Charges the order total through a gateway that always consents. */
record ProcessPayment(InstantSource clock) implements DeclaredFailure.Body {

    private static final BigDecimal FEE_RATE = new BigDecimal("0.029");

    @Override
    public StepResult.Success run(StepContext context) throws DeclaredFailure {
        JsonNode total = context.dependencyField("validate_order", "order_total");
        if (total == null || !total.isNumber()) {
            throw DeclaredFailure.dependency(
                    "MISSING_VALIDATION_RESULTS",
                    "order_total of step validate_order: " + total + " (expected: a number)");
        }
        if (context.dependencyField("reserve_inventory", "reservation_id") == null) {
            throw DeclaredFailure.dependency(
                    "MISSING_RESERVATION_RESULTS", "reservation_id of step reserve_inventory: null (expected: a text)");
        }
        String method = paymentMethod(context.input("payment"));
        BigDecimal fee = total.decimalValue().multiply(FEE_RATE).setScale(2, RoundingMode.HALF_UP);
        int elapsedMs = ThreadLocalRandom.current().nextInt(50, 250);
        String request = "REQ-" + Ids.hex(12);

        var gateway = new LinkedHashMap<String, Object>();
        gateway.put("status", "succeeded");
        gateway.put("processing_time_ms", elapsedMs);
        gateway.put("gateway_fee", fee);
        gateway.put("reference", "GW-" + Ids.hex(12));
        var result = new LinkedHashMap<String, Object>();
        result.put("payment_processed", true);
        result.put("payment_id", "PAY-" + Ids.hex(12));
        result.put("transaction_id", "TXN-" + Ids.hex(12));
        result.put("amount_charged", total);
        result.put("payment_method_used", method);
        result.put("gateway_response", gateway);
        result.put("processed_at", Ids.now(clock));
        result.put("payment_status", "completed");
        return StepResult.success(result, metadata(context, request, elapsedMs, fee));
    }

    private static String paymentMethod(@Nullable JsonNode payment) throws DeclaredFailure {
        if (payment == null || !payment.isObject()) {
            throw invalid("MISSING_PAYMENT_INFO", "payment: " + payment + " (expected: an object)");
        }
        JsonNode method = payment.get("method");
        if (method == null || !method.isString()) {
            throw invalid("MISSING_PAYMENT_METHOD", "payment.method: " + method + " (expected: a text)");
        }
        JsonNode token = payment.get("token");
        if (token == null || !token.isString()) {
            throw invalid("MISSING_PAYMENT_TOKEN", "payment.token is missing (expected: a text)");
        }
        return method.stringValue();
    }

    /** The idempotency key is the step's, so that an attempt repeated at the gateway would be charged once. */
    private static Map<String, Object> metadata(StepContext context, String request, int elapsedMs, BigDecimal fee) {
        return Map.of(
                "http_headers",
                Map.of(
                        "X-Payment-Gateway",
                        "simulated",
                        "X-Gateway-Request-ID",
                        request,
                        "X-Idempotency-Key",
                        context.stepUuid().toString()),
                "execution_hints",
                Map.of(
                        "gateway_response_time_ms", elapsedMs,
                        "gateway_fee_amount", fee,
                        "requires_3ds_authentication", false));
    }
}
