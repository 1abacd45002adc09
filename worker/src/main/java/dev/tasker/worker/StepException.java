package dev.tasker.worker;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A failure that a handler throws instead of returning it (04 §5.4): {@link RetryableStepException}, {@link PermanentStepException} and
 * their kinds say by their class whether another attempt may help; {@link StepResult.Failure#toException()} carries any other.
 */
public abstract sealed class StepException extends RuntimeException
        permits RetryableStepException, PermanentStepException, StatedStepException {

    private final transient Map<String, Object> context = new LinkedHashMap<>();
    private @Nullable String type;

    StepException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The failure this exception stands for, without what the runtime adds. */
    public final StepResult.Failure toFailure() {
        StepResult.Failure failure = stated();
        return type == null ? failure : failure.type(type);
    }

    /** The failure by class and arguments alone. */
    abstract StepResult.Failure stated();

    /** Adds one fact to the failure's context. */
    public StepException with(String key, Object value) {
        context.put(key, value);
        return this;
    }

    /** States another {@code error_type} than that of the class. */
    public StepException typed(String errorType) {
        type = errorType;
        return this;
    }

    /** Whether another attempt may help. */
    public final boolean retryable() {
        return toFailure().retryable();
    }

    /** The machine-readable {@code error_code}, null when there is none. */
    public final @Nullable String code() {
        return toFailure().code();
    }

    /** How long to wait before the next attempt, null when nobody asked for a pause. */
    public final @Nullable Duration retryAfter() {
        BackoffHint hint = toFailure().backoffHint();
        return hint == null ? null : hint.delay();
    }

    Map<String, Object> context() {
        return context;
    }

    String text() {
        String message = getMessage();
        return message == null ? getClass().getSimpleName() : message;
    }
}
