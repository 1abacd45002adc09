package dev.tasker.template;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The address of a step's code (spec 06 §8.2).
 *
 * @param callable opaque address, interpreted by the worker's resolvers
 * @param method entry point on the handler; null means {@code call}
 * @param resolver the one resolver to use, null for the whole chain
 * @param initialization JSON object for the handler, possibly empty; not to be modified
 * @param atMostOnce an attempt whose worker was lost may have had its effect and is not repeated (spec 04 §9.6)
 */
public record HandlerDefinition(
        String callable,
        @Nullable String method,
        @Nullable String resolver,
        JsonNode initialization,
        boolean atMostOnce) {
    public HandlerDefinition {
        if (!initialization.isObject()) {
            throw new IllegalArgumentException(
                    "handler.initialization: " + initialization.getNodeType() + " (expected: OBJECT)");
        }
    }

    /** A handler whose attempts are repeated when their worker is lost. */
    public HandlerDefinition(
            String callable, @Nullable String method, @Nullable String resolver, JsonNode initialization) {
        this(callable, method, resolver, initialization, false);
    }
}
