package dev.tasker.examples.dispatch;

import dev.tasker.examples.Members;
import dev.tasker.worker.HandlerMethods;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Two handlers with methods; each answers which one was called. */
public final class MethodHandlers {
    private static final BigDecimal WITH_FEE = new BigDecimal("1.1");

    private MethodHandlers() {}

    /**
     * The handlers by callable.
     *
     * @param clock numbers refunds
     */
    public static HandlerRegistry registry(InstantSource clock) {
        return HandlerRegistry.builder()
                .handler(
                        "resolver_tests_multi_method",
                        HandlerMethods.of(context -> echoed(context, "MultiMethodHandler", "call"))
                                .with("validate", MethodHandlers::validate)
                                .with("process", MethodHandlers::process)
                                .with("refund", context -> refund(context, clock)))
                .handler(
                        "resolver_tests_alternate_method",
                        HandlerMethods.of(context -> echoed(context, "AlternateMethodHandler", "call"))
                                .with(
                                        "execute_action",
                                        context -> echoed(context, "AlternateMethodHandler", "execute_action")))
                .build();
    }

    private static StepResult validate(StepContext context) {
        JsonNode data = data(context);
        if (!data.path("amount").isNumber()) {
            return StepResult.failure("data.amount is missing (expected: a number)")
                    .type("validation_error")
                    .code("VALIDATION_ERROR")
                    .permanent();
        }
        return answer(context, "validate", Members.of("validated", true, "input_validated", data));
    }

    private static StepResult process(StepContext context) {
        BigDecimal amount = Members.number(data(context), "amount");
        BigDecimal processed = amount.multiply(WITH_FEE);
        return answer(
                context,
                "process",
                Members.of(
                        "original_amount", amount,
                        "processed_amount", processed,
                        "processing_fee", processed.subtract(amount)));
    }

    private static StepResult refund(StepContext context, InstantSource clock) {
        JsonNode data = data(context);
        String reason = Members.text(data, "reason");
        return answer(
                context,
                "refund",
                Members.of(
                        "refund_amount",
                        Members.number(data, "amount"),
                        "refund_reason",
                        reason == null ? "not_specified" : reason,
                        "refund_id",
                        "refund_" + clock.instant().getEpochSecond()));
    }

    private static StepResult echoed(StepContext context, String handler, String method) {
        return answer(context, handler, method, Members.of("input_received", data(context)));
    }

    private static StepResult answer(StepContext context, String method, Map<String, @Nullable Object> more) {
        return answer(context, "MultiMethodHandler", method, more);
    }

    private static StepResult answer(
            StepContext context, String handler, String method, Map<String, @Nullable Object> more) {
        Map<String, @Nullable Object> value = Members.of(
                "invoked_method",
                method,
                "handler",
                handler,
                "message",
                "method " + method + " was called",
                "step_name",
                context.step().name());
        value.putAll(more);
        return StepResult.success(value);
    }

    private static JsonNode data(StepContext context) {
        JsonNode data = context.input("data");
        return data == null ? JsonNodeFactory.instance.objectNode() : data;
    }
}
