package dev.tasker.engine;

import org.jspecify.annotations.Nullable;

/**
 * Progress of a running step, to be saved with it (02 §7.5). Texts are JSON, which adapters check.
 *
 * @param cursor where to go on; any JSON value
 * @param itemsProcessed how much is done, 0 or more
 * @param accumulatedResults what has come of it so far, null: nothing
 * @param yields whether the handler has ended and the step goes on with a new assignment of the same attempt
 */
public record Checkpoint(
        String cursor, long itemsProcessed, @Nullable String accumulatedResults, boolean yields) {
    public Checkpoint {
        if (itemsProcessed < 0) {
            throw new IllegalArgumentException("items_processed: " + itemsProcessed + " (expected: >= 0)");
        }
    }

    /** The same progress of a handler that goes on. */
    public Checkpoint kept() {
        return new Checkpoint(cursor, itemsProcessed, accumulatedResults, false);
    }
}
