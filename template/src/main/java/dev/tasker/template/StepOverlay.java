package dev.tasker.template;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an environment changes in one step, or in every step (spec 06 §10). Null leaves the template's value alone.
 *
 * @param name the name of a step, or {@link #ALL}
 * @param initialization merged deeply into the step's own; not to be modified
 */
public record StepOverlay(
        String name,
        @Nullable String callable,
        @Nullable JsonNode initialization,
        @Nullable Integer timeoutSeconds,
        @Nullable RetryOverlay retry) {
    /** The name that stands for every step. */
    public static final String ALL = "ALL";

    /** Whether the overlay changes the step of that name. */
    public boolean appliesTo(String stepName) {
        return name.equals(ALL) || name.equals(stepName);
    }

    StepDefinition applyTo(StepDefinition step) {
        HandlerDefinition handler = step.handler();
        return new StepDefinition(
                step.name(),
                step.description(),
                new HandlerDefinition(
                        callable != null ? callable : handler.callable(),
                        handler.method(),
                        handler.resolver(),
                        initialization == null
                                ? handler.initialization()
                                : merged(handler.initialization(), initialization),
                        handler.atMostOnce()),
                step.type(),
                step.systemDependency(),
                step.dependencies(),
                retry == null ? step.retry() : retry.applyTo(step.retry()),
                timeoutSeconds != null ? timeoutSeconds : step.timeoutSeconds(),
                step.publishesEvents(),
                step.batchConfig(),
                step.resultSchema(),
                step.composition());
    }

    /** Objects are merged key by key at every depth; anything else is replaced. Depth is bounded by the parser. */
    private static JsonNode merged(JsonNode own, JsonNode overlay) {
        if (!(own instanceof ObjectNode ownObject) || !(overlay instanceof ObjectNode overlayObject)) {
            return overlay;
        }
        ObjectNode result = ownObject.objectNode();
        result.setAll(ownObject);
        overlayObject.properties().forEach(entry -> {
            JsonNode before = ownObject.get(entry.getKey());
            result.set(entry.getKey(), before == null ? entry.getValue() : merged(before, entry.getValue()));
        });
        return result;
    }
}
