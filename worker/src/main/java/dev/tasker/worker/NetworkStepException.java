package dev.tasker.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A connection could not be made, or broke. May be tried again. */
public class NetworkStepException extends RetryableStepException {
    private static final String CODE = "NETWORK_ERROR";

    public NetworkStepException(String message) {
        super(message, CODE, null, null);
    }

    public NetworkStepException(String message, @Nullable Throwable cause) {
        super(message, CODE, null, cause);
    }

    /** Asks for a pause before the next attempt. */
    public NetworkStepException(String message, Duration retryAfter) {
        super(message, CODE, new BackoffHint(BackoffHint.Kind.SERVER_REQUESTED, retryAfter), null);
    }
}
