package dev.tasker.worker.batch;

import dev.tasker.worker.ResultValue;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a batch worker has done, in the form that {@link BatchTotals} adds up (04 §5.7). Values are anything Jackson can write.
 *
 * @param errors what is wrong with failed items
 * @param lastCursor where the worker stopped, null: not said
 */
public record BatchWork(
        long processed,
        long succeeded,
        long failed,
        long skipped,
        List<?> results,
        List<?> errors,
        @Nullable Object lastCursor)
        implements ResultValue {

    public BatchWork {
        results = List.copyOf(results);
        errors = List.copyOf(errors);
    }

    /** Everything went well. */
    public static BatchWork allOf(long items) {
        return new BatchWork(items, items, 0, 0, List.of(), List.of(), null);
    }

    /** Some items failed. */
    public static BatchWork partly(long succeeded, long failed, Collection<?> errors) {
        return new BatchWork(succeeded + failed, succeeded, failed, 0, List.of(), List.copyOf(errors), null);
    }

    public BatchWork results(List<?> newResults) {
        return new BatchWork(processed, succeeded, failed, skipped, newResults, errors, lastCursor);
    }

    public BatchWork lastCursor(Object newCursor) {
        return new BatchWork(processed, succeeded, failed, skipped, results, errors, newCursor);
    }

    @Override
    public StepResult.Success toResult(StepContext context, String version) {
        return asResult();
    }

    /** The result of the worker's step: a success, marked where items failed. */
    public StepResult.Success asResult() {
        return asResult(Map.of());
    }

    /**
     * As {@link #asResult()}.
     *
     * @param facts further members of the result
     */
    public StepResult.Success asResult(Map<String, ?> facts) {
        var value = new LinkedHashMap<String, Object>();
        value.put("items_processed", processed);
        value.put("items_succeeded", succeeded);
        value.put("items_failed", failed);
        value.put("items_skipped", skipped);
        value.put("results", results);
        value.put("errors", errors);
        if (lastCursor != null) {
            value.put("last_cursor", lastCursor);
        }
        if (failed == 0) {
            value.putAll(facts);
            return StepResult.success(value, Map.of("batch_worker", true));
        }
        value.put("partial_failure", true);
        value.putAll(facts);
        return StepResult.success(value, Map.of("batch_worker", true, "had_failures", true));
    }
}
