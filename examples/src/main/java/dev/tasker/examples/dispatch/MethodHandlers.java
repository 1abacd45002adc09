package dev.tasker.examples.dispatch;

import dev.tasker.examples.Members;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.annotated.Handles;
import dev.tasker.worker.annotated.Input;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Two handlers with methods, of which the template names the one to run; each answers which one was called. */
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
                .annotated(new MultiMethod(clock))
                .annotated(new AlternateMethod())
                .build();
    }

    /** A handler of payments, one method for each thing that can be done with them. */
    @Handles("resolver_tests_multi_method")
    static final class MultiMethod {
        private final InstantSource clock;

        MultiMethod(InstantSource clock) {
            this.clock = clock;
        }

        public Map<String, @Nullable Object> call(
                @Input(value = "data", orElse = "{}") JsonNode data, StepContext step) {
            return answer(step, "MultiMethodHandler", "call", Members.of("input_received", data));
        }

        public StepResult validate(@Input(value = "data", orElse = "{}") JsonNode data, StepContext step) {
            if (!data.path("amount").isNumber()) {
                return StepResult.failure("data.amount is missing (expected: a number)")
                        .type("validation_error")
                        .code("VALIDATION_ERROR")
                        .permanent();
            }
            return StepResult.success(answer(
                    step, "MultiMethodHandler", "validate", Members.of("validated", true, "input_validated", data)));
        }

        public Map<String, @Nullable Object> process(
                @Input(value = "data", orElse = "{}") JsonNode data, StepContext step) {
            BigDecimal amount = Members.number(data, "amount");
            BigDecimal processed = amount.multiply(WITH_FEE);
            return answer(
                    step,
                    "MultiMethodHandler",
                    "process",
                    Members.of(
                            "original_amount", amount,
                            "processed_amount", processed,
                            "processing_fee", processed.subtract(amount)));
        }

        public Map<String, @Nullable Object> refund(
                @Input(value = "data", orElse = "{}") JsonNode data, StepContext step) {
            String reason = Members.text(data, "reason");
            return answer(
                    step,
                    "MultiMethodHandler",
                    "refund",
                    Members.of(
                            "refund_amount",
                            Members.number(data, "amount"),
                            "refund_reason",
                            reason == null ? "not_specified" : reason,
                            "refund_id",
                            "refund_" + clock.instant().getEpochSecond()));
        }
    }

    /** A handler with one method beside the usual one. */
    @Handles("resolver_tests_alternate_method")
    static final class AlternateMethod {
        public Map<String, @Nullable Object> call(
                @Input(value = "data", orElse = "{}") JsonNode data, StepContext step) {
            return answer(step, "AlternateMethodHandler", "call", Members.of("input_received", data));
        }

        public Map<String, @Nullable Object> execute_action(
                @Input(value = "data", orElse = "{}") JsonNode data, StepContext step) {
            return answer(step, "AlternateMethodHandler", "execute_action", Members.of("input_received", data));
        }
    }

    private static Map<String, @Nullable Object> answer(
            StepContext step, String handler, String method, Map<String, @Nullable Object> more) {
        Map<String, @Nullable Object> value = Members.of(
                "invoked_method",
                method,
                "handler",
                handler,
                "message",
                "method " + method + " was called",
                "step_name",
                step.step().name());
        value.putAll(more);
        return value;
    }
}
