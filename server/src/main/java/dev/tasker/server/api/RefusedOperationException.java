package dev.tasker.server.api;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends an operation that is not carried out; an outcome, so it has no stack trace. What the engine refuses comes as its EngineException. */
public final class RefusedOperationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Fault fault;
    private final @Nullable UUID existingTask;
    private final @Nullable Integer retryAfterSeconds;

    public RefusedOperationException(Fault fault, String message) {
        this(fault, message, null, null);
    }

    private RefusedOperationException(
            Fault fault, String message, @Nullable UUID existingTask, @Nullable Integer retryAfterSeconds) {
        super(message, null, false, false);
        this.fault = fault;
        this.existingTask = existingTask;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** @param existing the task that is in the way, null for callers who may not know it */
    static RefusedOperationException identityTaken(@Nullable UUID existing) {
        return new RefusedOperationException(
                Fault.IDENTITY_TAKEN, "A task with this identity already exists", existing, null);
    }

    static RefusedOperationException backpressure(String reason, int retryAfterSeconds) {
        return new RefusedOperationException(Fault.BACKPRESSURE, reason, null, retryAfterSeconds);
    }

    public Fault fault() {
        return fault;
    }

    public @Nullable UUID existingTask() {
        return existingTask;
    }

    /** When to come back, null: nobody knows. */
    public @Nullable Integer retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** The message, for callers; never null. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
