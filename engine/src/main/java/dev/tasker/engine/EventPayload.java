package dev.tasker.engine;

import org.jspecify.annotations.Nullable;

/**
 * What a custom publisher made of one declared event before the result was sent (04 §6.4). The engine still applies condition, schema and
 * delivery mode.
 *
 * @param publisher its name
 * @param payload JSON; null: the default payload
 * @param metadata JSON object added to the event's metadata, whose own keys it cannot change; null: nothing
 * @param declined the publisher does not want the event to be published
 */
public record EventPayload(
        String publisher,
        @Nullable String payload,
        @Nullable String metadata,
        boolean declined) {}
