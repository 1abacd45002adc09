package dev.tasker.errors;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An error before anybody judged it (01 §4.3); made from exceptions by {@link ThrownErrors}. Immutable. */
public sealed interface OrchestrationError {

    /** What happened, for people. */
    String message();

    /** An operation took too long. */
    record Timeout(String operation) implements OrchestrationError {
        @Override
        public String message() {
            return "Operation timed out: " + operation;
        }
    }

    /** A statement failed; {@code sqlState} counts for more than the words of {@code reason}, null: unknown. */
    record Database(String reason, @Nullable String sqlState) implements OrchestrationError {
        @Override
        public String message() {
            return "Database error: " + reason;
        }
    }

    /** A step or task could not change its state. */
    record StateTransitionFailed(String reason) implements OrchestrationError {
        @Override
        public String message() {
            return "State transition failed: " + reason;
        }
    }

    /** Something is set up wrongly. */
    record Configuration(String reason) implements OrchestrationError {
        @Override
        public String message() {
            return "Configuration error: " + reason;
        }
    }

    /** A value is not what it has to be. */
    record Validation(String field, String reason) implements OrchestrationError {
        @Override
        public String message() {
            return "Validation error: " + field + ": " + reason;
        }
    }

    /**
     * An attempt failed.
     *
     * @param errorCode the failure's own code, null when it has none
     * @param known what the type of the exception tells, null: its words decide
     */
    record StepExecutionFailed(
            String message,
            @Nullable String errorCode,
            @Nullable ErrorCategory known) implements OrchestrationError {
        /** A failure of which only the words are known. */
        public StepExecutionFailed(String message, @Nullable String errorCode) {
            this(message, errorCode, null);
        }
    }

    /** An attempt took too long. */
    record ExecutionTimeout(UUID stepUuid, Duration limit) implements OrchestrationError {
        @Override
        public String message() {
            return "Operation timed out: step_" + stepUuid + " after " + limit.toMillis() + "ms";
        }
    }

    /** No attempt is left. */
    record RetryLimitExceeded(int attempts, int maxAttempts) implements OrchestrationError {
        @Override
        public String message() {
            return "Retry limit exceeded: " + attempts + " of " + maxAttempts + " attempts";
        }
    }

    /** Running steps failed in another way. */
    record OtherExecution(String message) implements OrchestrationError {}

    /**
     * An error that states its own verdict, which always wins (04 §3.2).
     *
     * @param delay of the next attempt; null: the usual back-off
     */
    record Stated(
            String code,
            String message,
            boolean retryable,
            @Nullable Duration delay) implements OrchestrationError {}

    /** Anything else. */
    record Other(String message) implements OrchestrationError {}
}
