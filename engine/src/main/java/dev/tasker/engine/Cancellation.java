package dev.tasker.engine;

import org.jspecify.annotations.Nullable;

/**
 * Why and by whom tasks are cancelled; stored in their history.
 *
 * @param reason at most 2 000 characters, null when none was given
 * @param operator null when unknown
 */
public record Cancellation(
        @Nullable String reason, @Nullable Operator operator) {
    /** Without a word. */
    public static final Cancellation UNEXPLAINED = new Cancellation(null, null);
}
