package dev.tasker.worker;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Results of decision steps (02 §6.3, 04 §5.6): which of its branches are to exist. The engine creates the named steps and what follows from
 * them in the transaction that completes the decision; a name it does not know as a descendant fails the decision for good.
 */
public final class Decisions {
    private static final String OUTCOME = "decision_point_outcome";
    private static final String ERROR_TYPE = "decision_error";
    private static final String ERROR_CODE = "DECISION_ERROR";

    private Decisions() {}

    /**
     * Creates these steps, which the template declares below the decision; none is as good as {@link #none}.
     *
     * @param facts further members of the result, such as why it was decided so
     */
    public static StepResult.Success create(Collection<String> stepNames, Map<String, ?> facts) {
        List<String> names = List.copyOf(stepNames);
        return result(names.isEmpty() ? noBranches() : createSteps(names), facts);
    }

    /** Creates these steps. */
    public static StepResult.Success create(String... stepNames) {
        return create(List.of(stepNames), Map.of());
    }

    /**
     * Creates nothing: the task ends without what hangs on the decision alone.
     *
     * @param facts further members of the result
     */
    public static StepResult.Success none(String reason, Map<String, ?> facts) {
        var members = new LinkedHashMap<String, Object>();
        members.put("reason", reason);
        members.putAll(facts);
        return result(noBranches(), members);
    }

    /** It could not be decided, and will not be: permanent until {@link StepResult.Failure} is told otherwise. */
    public static StepResult.Failure failure(String message) {
        return StepResult.failure(message).type(ERROR_TYPE).code(ERROR_CODE).permanent();
    }

    private static Map<String, Object> createSteps(List<String> names) {
        var outcome = new LinkedHashMap<String, Object>();
        outcome.put("type", "create_steps");
        outcome.put("step_names", names);
        return outcome;
    }

    private static Map<String, Object> noBranches() {
        return Map.of("type", "no_branches");
    }

    private static StepResult.Success result(Map<String, Object> outcome, Map<String, ?> facts) {
        if (facts.containsKey(OUTCOME)) {
            throw new IllegalArgumentException("facts: " + OUTCOME + " (expected: another name)");
        }
        var value = new LinkedHashMap<String, Object>(facts);
        value.put(OUTCOME, outcome);
        return StepResult.success(value);
    }
}
