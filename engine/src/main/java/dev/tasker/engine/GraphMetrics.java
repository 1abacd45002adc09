package dev.tasker.engine;

import java.util.Map;

/**
 * What this node counted about decisions and batches since it was opened (02 §6.7).
 *
 * @param outcomesProcessed outcomes that could be carried out, by their type; a malformed or forbidden one is in {@code refusals} instead
 * @param stepsCreated steps and batch instances added to tasks
 * @param refusals outcomes that failed their step for good, by reason: {@code malformed}, {@code invalid_descendant}, {@code
 *     step_not_found}, {@code cycle_detected}, {@code limit_exceeded}, {@code invalid_template}
 * @param warnings outcomes worth a look: {@code missing_outcome}, or near a limit: {@code step_count}, {@code depth}
 */
public record GraphMetrics(
        Map<OutcomeType, Long> outcomesProcessed,
        long stepsCreated,
        Map<String, Long> refusals,
        Map<String, Long> warnings) {

    /** What an outcome asks for. */
    public enum OutcomeType {
        UNSAID,
        NO_BRANCHES,
        CREATE_STEPS,
        NO_BATCHES,
        CREATE_BATCHES
    }

    public GraphMetrics {
        outcomesProcessed = Map.copyOf(outcomesProcessed);
        refusals = Map.copyOf(refusals);
        warnings = Map.copyOf(warnings);
    }
}
