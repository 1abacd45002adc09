package dev.tasker.worker;

import org.jspecify.annotations.Nullable;

/**
 * Progress of a step on its way to the engine (02 §7.5). Texts are JSON.
 *
 * @param cursorJson where to go on; any JSON value
 * @param itemsProcessed how much is done, 0 or more
 * @param accumulatedResultsJson what has come of it so far, null: nothing
 */
public record Checkpoint(
        String cursorJson, long itemsProcessed, @Nullable String accumulatedResultsJson) {

    public Checkpoint {
        if (itemsProcessed < 0) {
            throw new IllegalArgumentException("items_processed: " + itemsProcessed + " (expected: >= 0)");
        }
    }

    /** Writes cursor and results, anything Jackson can write; a null cursor is JSON's null. */
    static Checkpoint of(@Nullable Object cursor, long itemsProcessed, @Nullable Object accumulatedResults) {
        return new Checkpoint(
                Json.MAPPER.writeValueAsString(cursor),
                itemsProcessed,
                accumulatedResults == null ? null : Json.MAPPER.writeValueAsString(accumulatedResults));
    }

    int length() {
        return cursorJson.length() + (accumulatedResultsJson == null ? 0 : accumulatedResultsJson.length());
    }
}
