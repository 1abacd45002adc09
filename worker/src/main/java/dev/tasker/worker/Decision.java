package dev.tasker.worker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a decision step decides (04 §5.6): which of the steps that the template declares below it are to exist. Immutable; each method
 * answers a changed copy.
 *
 * @param steps the branches to create; none is the same as {@link #skip}
 * @param reason why there are none, null where there are some
 * @param routingContext facts about the decision, stored beside it
 * @param dynamicSteps declarations stored beside it for those who read the result; the engine creates only what the template declares
 */
public record Decision(List<String> steps, @Nullable String reason, Map<String, ?> routingContext, List<?> dynamicSteps)
        implements ResultValue {
    private static final String NO_STEPS = "No branches";

    public Decision {
        steps = List.copyOf(steps);
        routingContext = Map.copyOf(routingContext);
        dynamicSteps = List.copyOf(dynamicSteps);
    }

    /** Creates these steps. */
    public static Decision route(String... steps) {
        return route(List.of(steps));
    }

    public static Decision route(List<String> steps) {
        return new Decision(steps, null, Map.of(), List.of());
    }

    /** Creates nothing. */
    public static Decision skip(String reason) {
        return new Decision(List.of(), reason, Map.of(), List.of());
    }

    /** Adds one fact to the routing context. */
    public Decision with(String key, Object value) {
        var facts = new LinkedHashMap<String, Object>(routingContext);
        facts.put(key, value);
        return new Decision(steps, reason, facts, dynamicSteps);
    }

    public Decision dynamicSteps(List<?> declarations) {
        return new Decision(steps, reason, routingContext, declarations);
    }

    @Override
    public StepResult.Success toResult(StepContext context, String version) {
        var members = new LinkedHashMap<String, Object>();
        if (!dynamicSteps.isEmpty()) {
            members.put("dynamic_steps", dynamicSteps);
        }
        if (!routingContext.isEmpty()) {
            members.put("routing_context", routingContext);
        }
        StepResult.Success decided = steps.isEmpty()
                ? Decisions.none(reason == null ? NO_STEPS : reason, members)
                : Decisions.create(steps, members);
        return StepResult.success(
                decided.value(), Map.of("decision_handler", context.handlerName(), "decision_version", version));
    }
}
