package dev.tasker.worker.batch;

import dev.tasker.worker.StepResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Results of convergence steps behind batches (04 §5.7). */
public final class BatchAggregator {

    private BatchAggregator() {}

    /** The totals of all workers; zeros where there were no batches. */
    public static StepResult.Success totals(BatchScenario scenario) {
        return results(
                scenario,
                members(BatchTotals.of(List.of())),
                batches -> members(BatchTotals.of(batches.results().values())));
    }

    /**
     * What {@code aggregation} makes of the workers' results, with {@code worker_count} and {@code scenario}.
     *
     * @param zero stands in for it where there were no batches
     */
    public static StepResult.Success results(
            BatchScenario scenario,
            Map<String, ?> zero,
            Function<BatchScenario.WithBatches, ? extends Map<String, ?>> aggregation) {
        return switch (scenario) {
            case BatchScenario.NoBatches _ -> result(zero, 0, "no_batches");
            case BatchScenario.WithBatches batches ->
                result(aggregation.apply(batches), batches.workerCount(), "with_batches");
        };
    }

    private static StepResult.Success result(Map<String, ?> values, int workers, String scenario) {
        var members = new LinkedHashMap<String, Object>(values);
        members.put("worker_count", workers);
        members.put("scenario", scenario);
        return StepResult.success(members);
    }

    private static Map<String, Object> members(BatchTotals totals) {
        var members = new LinkedHashMap<String, Object>();
        members.put("total_processed", totals.processed());
        members.put("total_succeeded", totals.succeeded());
        members.put("total_failed", totals.failed());
        members.put("total_skipped", totals.skipped());
        members.put("batch_count", totals.batchCount());
        members.put("success_rate", totals.successRate());
        members.put("errors", totals.errors());
        members.put("error_count", totals.errorCount());
        return members;
    }
}
