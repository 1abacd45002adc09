package dev.tasker.worker.event;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A domain event that a step declares (04 §6.2).
 *
 * @param publisher name of the publisher that makes its payload, null: the default one
 */
public record DeclaredEvent(
        String name,
        Condition condition,
        Mode mode,
        @Nullable String publisher) {

    /** The outcome it tells of. */
    public enum Condition {
        SUCCESS,
        FAILURE,
        RETRYABLE_FAILURE,
        PERMANENT_FAILURE,
        ALWAYS;

        /** Whether an outcome meets it, as far as the worker can know: the server decides. */
        public boolean meets(boolean success, boolean mayRetry) {
            return switch (this) {
                case SUCCESS -> success;
                case FAILURE -> !success;
                case RETRYABLE_FAILURE -> !success && mayRetry;
                case PERMANENT_FAILURE -> !success && !mayRetry;
                case ALWAYS -> true;
            };
        }
    }

    /** The way it travels. */
    public enum Mode {
        DURABLE,
        FAST,
        BROADCAST
    }

    /** An event in the words of templates. */
    public static DeclaredEvent of(String name, String condition, String mode, @Nullable String publisher) {
        return new DeclaredEvent(
                name,
                Condition.valueOf(condition.toUpperCase(Locale.ROOT)),
                Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
                publisher);
    }
}
