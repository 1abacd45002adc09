package dev.tasker.errors;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A classified error as handlers know errors, in every language (01 §4.3). */
public sealed interface HandlerError {
    String message();

    /** The name of the class in the handler libraries. */
    String className();

    /** No further attempt can help. */
    record Permanent(String message, String errorCode) implements HandlerError {
        @Override
        public String className() {
            return "PermanentError";
        }
    }

    /** Another attempt may help. */
    record Retryable(String message, @Nullable Long retryAfterSeconds, boolean skipRetry, Map<String, String> context)
            implements HandlerError {
        @Override
        public String className() {
            return "RetryableError";
        }
    }

    /** The attempt took too long. */
    record TimedOut(String message, Duration timeoutDuration) implements HandlerError {
        @Override
        public String className() {
            return "TimeoutError";
        }
    }

    /** The other side could not be reached; {@code statusCode} null: it never answered. */
    record Network(String message, @Nullable Integer statusCode) implements HandlerError {
        @Override
        public String className() {
            return "NetworkError";
        }
    }
}
