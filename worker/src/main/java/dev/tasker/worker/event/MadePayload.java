package dev.tasker.worker.event;

import org.jspecify.annotations.Nullable;

/**
 * What a publisher made of one event, as it travels with the result.
 *
 * @param payloadJson null: the default payload
 * @param metadataJson a JSON object added to the event's metadata, null: nothing
 * @param declined the event shall not be published
 */
public record MadePayload(
        String publisher,
        @Nullable String payloadJson,
        @Nullable String metadataJson,
        boolean declined) {

    /** The event shall not be published. */
    public static MadePayload declined(String publisher) {
        return new MadePayload(publisher, null, null, true);
    }
}
