package dev.tasker.engine;

import dev.tasker.template.DeliveryMode;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A domain event that a handler publishes while it runs (04 §9.6).
 *
 * @param eventId made by the worker, the same when it asks again: an event that was kept under it is not kept a second time
 * @param name segments of lower case letters, digits and underscores, joined by dots; where the step declares an event of this name, its
 *     schema and its mode count
 * @param payload the business payload, JSON
 * @param mode of an event that the step does not declare; null: durable
 */
public record HandlerEvent(
        UUID eventId, String name, String payload, @Nullable DeliveryMode mode) {}
