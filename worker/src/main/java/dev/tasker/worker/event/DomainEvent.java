package dev.tasker.worker.event;

import java.util.UUID;

/**
 * A domain event as subscribers hear it (04 §6.3). Two with the same id are the same event.
 *
 * @param stepUuid the step it tells of
 * @param message the event as JSON: {@code event_id}, {@code event_name}, {@code event_version}, {@code payload} with {@code payload}
 *     (the business payload) and {@code execution_result}, {@code metadata}
 */
public record DomainEvent(
        UUID eventId, String eventName, String namespace, UUID taskUuid, UUID stepUuid, String message) {}
