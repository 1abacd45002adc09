package dev.tasker.worker.remote;

import dev.tasker.worker.event.DomainEvent;

/** Reads what the server tells of others' events. */
final class EventDecoder {
    private EventDecoder() {}

    static DomainEvent decode(String message) {
        RawJson event = RawJson.parse(message);
        RawJson metadata = event.object("metadata");
        return new DomainEvent(
                event.uuid("event_id"),
                event.text("event_name", ""),
                metadata.text("namespace", ""),
                metadata.uuid("task_uuid"),
                metadata.uuid("step_uuid"),
                message);
    }
}
