package dev.tasker.client;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is noted of an investigation; null keeps what is there.
 *
 * @param status closes it, unless it is {@code PENDING}
 */
public record DeadLetterUpdate(
        DeadLetter.@Nullable Status status,
        @Nullable String notes,
        @Nullable String resolvedBy,
        @Nullable JsonNode metadata) {

    /** The body of the call. */
    String toJson() {
        ObjectNode body = Json.MAPPER
                .createObjectNode()
                .put("resolution_status", status == null ? null : status.text())
                .put("resolution_notes", notes)
                .put("resolved_by", resolvedBy);
        body.set("metadata", metadata);
        return body.toString();
    }
}
