package dev.tasker.worker.batch;

import dev.tasker.worker.ResultValue;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.ValidationStepException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What an analyzer finds (04 §5.7): how many items there are and into which ranges they are cut. Immutable; each method answers a changed
 * copy.
 *
 * @param ranges none: there is nothing to do
 * @param totalItems of all ranges together
 * @param workerTemplate the step of type {@code batch_worker} to make instances of; null: {@code initialization.worker_template_name}
 * @param metadata stored beside the outcome as {@code batch_metadata}
 * @param reason why there are no ranges, null where there are some
 */
public record BatchPlan(
        List<CursorRange> ranges,
        long totalItems,
        @Nullable String workerTemplate,
        Map<String, ?> metadata,
        @Nullable String reason)
        implements ResultValue {
    private static final String NOTHING = "empty_dataset";

    public BatchPlan {
        ranges = List.copyOf(ranges);
        metadata = Map.copyOf(metadata);
    }

    /** Items 0 to {@code totalItems} in batches of {@code batchSize}. */
    public static BatchPlan bySize(long totalItems, long batchSize) {
        return of(CursorRange.bySize(totalItems, batchSize), totalItems);
    }

    /** Items 0 to {@code totalItems} for so many workers, each with as many as the others. */
    public static BatchPlan byWorkers(long totalItems, int workers) {
        return of(CursorRange.byWorkers(totalItems, workers), totalItems);
    }

    /** These ranges, whose cursors may be anything. */
    public static BatchPlan of(List<CursorRange> ranges, long totalItems) {
        return new BatchPlan(ranges, totalItems, null, Map.of(), null);
    }

    /** Nothing to do. */
    public static BatchPlan nothing(String reason) {
        return new BatchPlan(List.of(), 0, null, Map.of(), reason);
    }

    /** Instances of this step do the work. */
    public BatchPlan workers(String template) {
        return new BatchPlan(ranges, totalItems, template, metadata, reason);
    }

    /** Adds one fact. */
    public BatchPlan with(String key, Object value) {
        var facts = new LinkedHashMap<String, Object>(metadata);
        facts.put(key, value);
        return new BatchPlan(ranges, totalItems, workerTemplate, facts, reason);
    }

    @Override
    public StepResult.Success toResult(StepContext context, String version) {
        var members = new LinkedHashMap<String, Object>();
        if (ranges.isEmpty()) {
            members.putAll(metadata);
            return StepResult.success(
                    Batches.none(reason == null ? NOTHING : reason, members).value(),
                    Map.of("batch_analyzer", true, "no_batches", true));
        }
        members.put("worker_count", ranges.size());
        members.put("total_items", totalItems);
        if (!metadata.isEmpty()) {
            members.put("batch_metadata", metadata);
        }
        return StepResult.success(
                Batches.create(workerTemplate(context), ranges, totalItems, members)
                        .value(),
                Map.of("batch_analyzer", true));
    }

    private String workerTemplate(StepContext context) {
        if (workerTemplate != null) {
            return workerTemplate;
        }
        JsonNode configured = context.config("worker_template_name");
        if (configured == null || !configured.isString()) {
            throw new ValidationStepException("worker template: none (expected: BatchPlan.workers(name), or"
                    + " initialization.worker_template_name of step "
                    + context.step().name() + ")");
        }
        return configured.stringValue();
    }
}
