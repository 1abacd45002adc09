package dev.tasker.worker.batch;

import dev.tasker.worker.StepResult;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Results of batchable steps (02 §7.2): into which ranges their work is cut. The engine creates a worker step for each, and what follows them,
 * in the transaction that completes the batchable step.
 */
public final class Batches {
    static final String OUTCOME = "batch_processing_outcome";
    static final String NO_BATCHES = "no_batches";
    private static final String ERROR_TYPE = "batch_error";
    private static final String ERROR_CODE = "BATCH_ERROR";

    private Batches() {}

    /**
     * One worker step for each range, in their order; without ranges as {@link #none}.
     *
     * @param workerTemplate the template's step of type {@code batch_worker} to make instances of
     * @param totalItems of all ranges together
     * @param facts further members of the result
     */
    public static StepResult.Success create(
            String workerTemplate, Collection<CursorRange> ranges, long totalItems, Map<String, ?> facts) {
        List<CursorRange> cursors = List.copyOf(ranges);
        if (cursors.isEmpty()) {
            return result(Map.of("type", NO_BATCHES), facts);
        }
        long ids = cursors.stream().map(CursorRange::batchId).distinct().count();
        if (ids < cursors.size()) {
            throw new IllegalArgumentException(
                    "batch ids: " + ids + " different ones (expected: " + cursors.size() + ")");
        }
        var outcome = new LinkedHashMap<String, Object>();
        outcome.put("type", "create_batches");
        outcome.put("worker_template_name", workerTemplate);
        outcome.put("worker_count", cursors.size());
        outcome.put("cursor_configs", cursors);
        outcome.put("total_items", totalItems);
        return result(outcome, facts);
    }

    /**
     * Nothing to work on: where {@code initialization} names a worker template, one placeholder runs in place of workers.
     *
     * @param facts further members of the result
     */
    public static StepResult.Success none(String reason, Map<String, ?> facts) {
        var members = new LinkedHashMap<String, Object>();
        members.put("reason", reason);
        members.putAll(facts);
        return result(Map.of("type", NO_BATCHES), members);
    }

    /** The batch could not be done; may be tried again until {@link StepResult.Failure} is told otherwise. */
    public static StepResult.Failure failure(String message) {
        return StepResult.failure(message).type(ERROR_TYPE).code(ERROR_CODE);
    }

    private static StepResult.Success result(Map<String, Object> outcome, Map<String, ?> facts) {
        if (facts.containsKey(OUTCOME)) {
            throw new IllegalArgumentException("facts: " + OUTCOME + " (expected: another name)");
        }
        var value = new LinkedHashMap<String, Object>();
        value.put(OUTCOME, outcome);
        value.putAll(facts);
        return StepResult.success(value);
    }
}
