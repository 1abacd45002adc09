package dev.tasker.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Another attempt may help: a service is away, a limit was hit, a connection broke. */
public non-sealed class RetryableStepException extends StepException {

    private final @Nullable String code;
    private final @Nullable BackoffHint backoffHint;

    public RetryableStepException(String message) {
        this(message, (BackoffHint) null, null);
    }

    public RetryableStepException(String message, Throwable cause) {
        this(message, (BackoffHint) null, cause);
    }

    /** Asks for a pause that the other side demanded. */
    public RetryableStepException(String message, Duration retryAfter) {
        this(message, new BackoffHint(BackoffHint.Kind.SERVER_REQUESTED, retryAfter), null);
    }

    public RetryableStepException(String message, @Nullable BackoffHint backoffHint, @Nullable Throwable cause) {
        this(message, null, backoffHint, cause);
    }

    /** @param code machine-readable, stored as {@code error_code} */
    public RetryableStepException(
            String message, @Nullable String code, @Nullable BackoffHint backoffHint, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.backoffHint = backoffHint;
    }

    @Override
    StepResult.Failure stated() {
        return StepResult.failure(text())
                .type(ErrorTypes.RETRYABLE_ERROR)
                .code(code)
                .context(context())
                .backoffHint(backoffHint);
    }
}
