package dev.tasker.template;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A domain event that a step publishes after its result was accepted (spec 06 §8.8).
 *
 * @param schema JSON Schema of the payload
 * @param publisher name of a publisher registered with the worker, null for the default one
 * @param payload payload key to JSON pointer into the step's result; empty means the whole result
 */
public record PublishedEvent(
        String name,
        String description,
        EventCondition condition,
        JsonNode schema,
        DeliveryMode deliveryMode,
        @Nullable String publisher,
        Map<String, String> payload) {
    public PublishedEvent {
        payload = Collections.unmodifiableMap(new TreeMap<>(payload));
    }
}
