package dev.tasker.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Somebody else holds what the step needs. May be tried again. */
public class ResourceContentionStepException extends RetryableStepException {
    private static final String CODE = "RESOURCE_CONTENTION";

    public ResourceContentionStepException(String message) {
        super(message, CODE, null, null);
    }

    public ResourceContentionStepException(String message, @Nullable Throwable cause) {
        super(message, CODE, null, cause);
    }

    /** Asks for a pause before the next attempt. */
    public ResourceContentionStepException(String message, Duration retryAfter) {
        super(message, CODE, new BackoffHint(BackoffHint.Kind.CUSTOM, retryAfter), null);
    }
}
