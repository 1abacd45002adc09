package dev.tasker.examples.dataset;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Members;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.batch.BatchInputs;
import dev.tasker.worker.batch.BatchScenario;
import dev.tasker.worker.batch.BatchScenario.NoBatches;
import dev.tasker.worker.batch.BatchScenario.WithBatches;
import dev.tasker.worker.batch.Batches;
import dev.tasker.worker.batch.CursorRange;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The three steps of a dataset in batches under their callables. The items are imaginary. */
public final class DatasetHandlers {
    private static final String PREFIX = "tasker_example_rs::step_handlers::batch_processing_example::";
    private static final long ITEMS_PER_CHECKPOINT = 100;

    private DatasetHandlers() {}

    public static HandlerRegistry registry() {
        DeclaredFailure.Body aggregate = DatasetHandlers::aggregate;
        return HandlerRegistry.builder()
                .handler(PREFIX + "DatasetAnalyzerHandler", DatasetHandlers::analyze)
                .handler(PREFIX + "BatchWorkerHandler", DatasetHandlers::process)
                .handler(PREFIX + "ResultsAggregatorHandler", aggregate.asHandler())
                .build();
    }

    private static StepResult analyze(StepContext context) {
        long size = context.input("dataset_size", Long.class);
        int batchSize = context.configOr("batch_size", 1_000);
        String worker = context.config("worker_template_name", String.class);
        if (size < batchSize) {
            StepResult.Success none = Batches.none("dataset_too_small", Map.of("dataset_size", size));
            return StepResult.success(
                    none.value(), Map.of("batching_decision", "no_batches", "worker_template", worker));
        }
        int workers = (int) Math.min(Math.ceilDiv(size, (long) batchSize), context.configOr("max_workers", 10));
        List<CursorRange> ranges = CursorRange.byWorkers(size, workers);
        StepResult.Success batches = Batches.create(
                worker,
                ranges,
                size,
                Members.of(
                        "worker_count", ranges.size(),
                        "actual_batch_size", ranges.getFirst().batchSize(),
                        "total_items", size));
        return StepResult.success(
                batches.value(), Map.of("batching_decision", "create_batches", "worker_template", worker));
    }

    private static StepResult process(StepContext context) {
        BatchInputs inputs = BatchInputs.of(context);
        if (inputs.noOp()) {
            return StepResult.success(
                    Members.of("no_op", true, "reason", "the dataset has no batches", "batch_id", inputs.batchId()),
                    Map.of("no_op", true, "batch_id", inputs.batchId()));
        }
        long start = inputs.startNumber();
        long end = inputs.endNumber();
        long checkpoints = Math.ceilDiv(end - start, ITEMS_PER_CHECKPOINT);
        return StepResult.success(
                Members.of(
                        "processed_count", end - start,
                        "checkpoint_count", checkpoints,
                        "start_position", start,
                        "end_position", end,
                        "final_position", end,
                        "batch_id", inputs.batchId()),
                Map.of("batch_range", start + "-" + end, "checkpoints", checkpoints, "batch_id", inputs.batchId()));
    }

    private static StepResult.Success aggregate(StepContext context) throws DeclaredFailure {
        long total = 0;
        long checkpoints = 0;
        int workers = 0;
        switch (BatchScenario.detect(context, "analyze_dataset", "process_batch_")) {
            case NoBatches(JsonNode analysis) ->
                total = analysis.path("dataset_size").asLong(0);
            case WithBatches batches -> {
                workers = batches.workerCount();
                for (JsonNode result : batches.results().values()) {
                    total += result.path("processed_count").asLong(0);
                    checkpoints += result.path("checkpoint_count").asLong(0);
                }
            }
        }
        JsonNode expected = context.input("dataset_size");
        if (expected != null && expected.asLong(-1) != total) {
            throw new DeclaredFailure(StepResult.failure("items: " + total + " (expected: " + expected + ")")
                    .type("ValidationError")
                    .code("AGGREGATION_MISMATCH")
                    .permanent()
                    .context("expected", expected)
                    .context("actual", total));
        }
        return StepResult.success(
                Members.of(
                        "total_processed", total,
                        "worker_count", workers,
                        "total_checkpoints", checkpoints,
                        "aggregation_type", "sum",
                        "validation_passed", expected != null),
                Map.of("aggregation_type", "sum", "worker_count", workers));
    }
}
