package dev.tasker.worker.event;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A domain event that a handler publishes while it runs (04 §9.6).
 *
 * @param eventId the same whenever it is sent again: the server keeps it once
 * @param payloadJson the business payload, any JSON value
 * @param mode of an event that the step does not declare; null: durable
 */
public record HandlerEvent(UUID eventId, String name, String payloadJson, DeclaredEvent.@Nullable Mode mode) {}
