package dev.tasker.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Another system did not answer in time; stored as {@code timeout}. May be tried again. */
public class TimeoutStepException extends RetryableStepException {
    private static final String CODE = "TIMEOUT";

    public TimeoutStepException(String message) {
        super(message, CODE, null, null);
    }

    public TimeoutStepException(String message, @Nullable Throwable cause) {
        super(message, CODE, null, cause);
    }

    /** Asks for a pause before the next attempt. */
    public TimeoutStepException(String message, Duration retryAfter) {
        super(message, CODE, new BackoffHint(BackoffHint.Kind.SERVER_REQUESTED, retryAfter), null);
    }

    @Override
    StepResult.Failure stated() {
        return super.stated().type(ErrorTypes.TIMEOUT);
    }
}
