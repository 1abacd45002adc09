package dev.tasker.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Another system wants fewer requests. May be tried again. */
public class RateLimitStepException extends RetryableStepException {
    private static final String CODE = "RATE_LIMITED";

    public RateLimitStepException(String message) {
        super(message, CODE, null, null);
    }

    public RateLimitStepException(String message, @Nullable Throwable cause) {
        super(message, CODE, null, cause);
    }

    /** Asks for a pause before the next attempt. */
    public RateLimitStepException(String message, Duration retryAfter) {
        super(message, CODE, new BackoffHint(BackoffHint.Kind.RATE_LIMIT, retryAfter), null);
    }
}
