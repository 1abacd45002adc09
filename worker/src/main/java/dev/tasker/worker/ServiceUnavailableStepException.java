package dev.tasker.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Another system is away for now. May be tried again. */
public class ServiceUnavailableStepException extends RetryableStepException {
    private static final String CODE = "SERVICE_UNAVAILABLE";

    public ServiceUnavailableStepException(String message) {
        super(message, CODE, null, null);
    }

    public ServiceUnavailableStepException(String message, @Nullable Throwable cause) {
        super(message, CODE, null, cause);
    }

    /** Asks for a pause before the next attempt. */
    public ServiceUnavailableStepException(String message, Duration retryAfter) {
        super(message, CODE, new BackoffHint(BackoffHint.Kind.SERVICE_UNAVAILABLE, retryAfter), null);
    }
}
