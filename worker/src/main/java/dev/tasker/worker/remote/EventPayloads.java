package dev.tasker.worker.remote;

import dev.tasker.protocol.worker.v1.EventPayload;
import dev.tasker.worker.event.MadePayload;

/** Writes what publishers made of events as it travels. */
final class EventPayloads {
    private EventPayloads() {}

    static EventPayload encode(MadePayload made) {
        EventPayload.Builder payload =
                EventPayload.newBuilder().setPublisher(made.publisher()).setDeclined(made.declined());
        if (made.payloadJson() != null) {
            payload.setPayloadJson(made.payloadJson());
        }
        if (made.metadataJson() != null) {
            payload.setMetadataJson(made.metadataJson());
        }
        return payload.build();
    }
}
