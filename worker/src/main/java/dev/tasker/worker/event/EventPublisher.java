package dev.tasker.worker.event;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the payloads of events whose template names it (04 §6.4). Called in the worker once the outcome is settled and before it is sent, in
 * the order in which the methods stand here. Whether the event is published at all, condition and schema, is the server's decision. What
 * it throws declines the event and never touches the step. Called from many threads.
 */
public interface EventPublisher {

    /** The name that templates use, {@code PaymentEventPublisher} or {@code shop.publishers.Payment}. */
    String name();

    /** False declines the event. */
    default boolean shouldPublish(PublishContext context) {
        return true;
    }

    /** The payload, anything that Jackson can write; null: the default payload. */
    @Nullable
    Object transformPayload(PublishContext context);

    /** Further metadata; what the engine states cannot be changed. */
    default Map<String, ?> additionalMetadata(PublishContext context) {
        return Map.of();
    }

    /** False declines the event. */
    default boolean beforePublish(String eventName, @Nullable Object payload, Map<String, ?> metadata) {
        return true;
    }

    /** The payload is about to travel with the result. */
    default void afterPublish(String eventName, @Nullable Object payload, Map<String, ?> metadata) {}

    /** One of the methods above failed. */
    default void onPublishError(String eventName, Throwable failure) {}
}
