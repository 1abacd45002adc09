package dev.tasker.template;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One step as its template declares it (spec 06 §8).
 *
 * @param dependencies names of the direct predecessors, in the order of the template
 * @param timeoutSeconds null when the step states none, 0 for no limit
 * @param resultSchema JSON Schema of the result, for tools
 * @param composition opaque declaration of a virtual handler, for tools (spec 06 §8.10)
 */
public record StepDefinition(
        String name,
        @Nullable String description,
        HandlerDefinition handler,
        StepType type,
        @Nullable String systemDependency,
        List<String> dependencies,
        RetryPolicy retry,
        @Nullable Integer timeoutSeconds,
        List<PublishedEvent> publishesEvents,
        @Nullable BatchConfig batchConfig,
        @Nullable JsonNode resultSchema,
        @Nullable JsonNode composition) {

    /** The key of the initialization that states a time limit. */
    static final String TIMEOUT_MS = "timeout_ms";

    public StepDefinition {
        dependencies = List.copyOf(dependencies);
        publishesEvents = List.copyOf(publishesEvents);
    }

    /**
     * The time limit of one attempt in milliseconds (spec 06 §8.6): {@code handler.initialization.timeout_ms}, else
     * {@code timeout_seconds}; 0 is no limit, empty leaves it to the worker's configuration.
     */
    public OptionalLong timeoutMillis() {
        OptionalLong stated = milliseconds(handler.initialization().path(TIMEOUT_MS));
        if (stated.isPresent()) {
            return stated;
        }
        return timeoutSeconds == null ? OptionalLong.empty() : OptionalLong.of(timeoutSeconds * 1000L);
    }

    /** The value as milliseconds, empty when it is not a whole number of 0 or more. */
    static OptionalLong milliseconds(JsonNode value) {
        boolean usable = value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0;
        return usable ? OptionalLong.of(value.longValue()) : OptionalLong.empty();
    }
}
