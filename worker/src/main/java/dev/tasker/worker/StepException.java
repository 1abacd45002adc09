package dev.tasker.worker;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A failure that a handler throws instead of returning it. */
public abstract sealed class StepException extends RuntimeException
        permits RetryableStepException, PermanentStepException {

    private final transient Map<String, Object> context = new LinkedHashMap<>();

    StepException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The failure this exception stands for, without what the runtime adds. */
    abstract StepResult.Failure toFailure();

    /** Adds one fact to the failure's context. */
    public StepException with(String key, Object value) {
        context.put(key, value);
        return this;
    }

    Map<String, Object> context() {
        return context;
    }

    String text() {
        String message = getMessage();
        return message == null ? getClass().getSimpleName() : message;
    }
}
