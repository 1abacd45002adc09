package dev.tasker.server.gateway;

import dev.tasker.engine.EventPayload;
import dev.tasker.protocol.worker.v1.Complete;
import java.util.HashMap;
import java.util.Map;

/** Reads what a worker's publishers made of a step's events. JSON stays text: an event that cannot be made is the engine's to drop. */
final class EventPayloads {
    private EventPayloads() {}

    static Map<String, EventPayload> read(Complete message) {
        Map<String, EventPayload> payloads = new HashMap<>();
        message.getEventPayloadsMap()
                .forEach((event, payload) -> payloads.put(
                        event,
                        new EventPayload(
                                payload.getPublisher(),
                                payload.hasPayloadJson() ? payload.getPayloadJson() : null,
                                payload.hasMetadataJson() ? payload.getMetadataJson() : null,
                                payload.getDeclined())));
        return payloads;
    }
}
