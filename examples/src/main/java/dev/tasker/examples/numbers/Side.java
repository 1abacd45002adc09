package dev.tasker.examples.numbers;

import dev.tasker.examples.Members;
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
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * What is done with the even or with the odd numbers.
 *
 * @param branch the step that selects them
 * @param member where its result has them
 * @param remainder of a division by two
 */
record Side(String name, String branch, String member, int remainder) {

    StepResult select(StepContext context) {
        JsonNode all = context.dependencyField("ddb_diamond_start", "all_numbers");
        if (all == null) {
            throw new IllegalStateException("result of ddb_diamond_start: no all_numbers");
        }
        List<Long> selected = all.valueStream()
                .map(JsonNode::longValue)
                .filter(number -> Math.floorMod(number, 2L) == remainder)
                .toList();
        return StepResult.success(
                Members.of(member, selected, "count", selected.size()),
                Map.of("handler", "Branch" + title() + "s", "count", selected.size()));
    }

    StepResult analyze(StepContext context) {
        int size = numbers(context).size();
        if (size == 0) {
            return Batches.none("there are no " + name + " numbers", Map.of());
        }
        int batchSize = context.configOr("batch_size", 2);
        int workers = Math.min(Math.ceilDiv(size, batchSize), context.configOr("max_workers", 10));
        List<CursorRange> ranges = CursorRange.byWorkers(size, workers);
        return Batches.create(
                context.configOr("worker_template_name", "process_" + name + "_batch"),
                ranges,
                size,
                Members.of(
                        "dataset_size", size,
                        "worker_count", ranges.size(),
                        "batch_size", ranges.getFirst().batchSize()));
    }

    StepResult process(StepContext context) {
        BatchInputs inputs = BatchInputs.of(context);
        if (inputs.noOp()) {
            return StepResult.success(
                    Members.of("no_op", true, "reason", "there are no numbers", "batch_id", inputs.batchId()));
        }
        long start = inputs.startNumber();
        long end = inputs.endNumber();
        List<Long> batch = StreamSupport.stream(numbers(context).spliterator(), false)
                .skip(start)
                .limit(end - start)
                .map(JsonNode::longValue)
                .toList();
        return StepResult.success(
                Members.of(
                        "processed_count", batch.size(),
                        "batch_sum", sum(batch),
                        "start_idx", start,
                        "end_idx", end,
                        "batch_numbers", batch),
                Map.of("handler", "Process" + title() + "Batch", "processed_count", batch.size()));
    }

    StepResult aggregate(StepContext context) {
        long processed = 0;
        long total = 0;
        int batches = 0;
        switch (BatchScenario.detect(context, name + "_batch_analyzer", "process_" + name + "_batch_")) {
            case NoBatches _ -> {} // nothing to add up
            case WithBatches found -> {
                batches = found.workerCount();
                for (JsonNode result : found.results().values()) {
                    processed += result.path("processed_count").asLong(0);
                    total += result.path("batch_sum").asLong(0);
                }
            }
        }
        return StepResult.success(
                Members.of(
                        "total_processed", processed,
                        "total_sum", total,
                        "batch_count", batches,
                        "average", batches == 0 ? 0 : total / batches),
                Map.of("handler", "Aggregate" + title() + "Results", "batch_count", batches));
    }

    private JsonNode numbers(StepContext context) {
        JsonNode numbers = context.dependencyField(branch, member);
        if (numbers == null) {
            throw new IllegalStateException("result of " + branch + ": no " + member);
        }
        return numbers;
    }

    private static long sum(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).sum();
    }

    private String title() {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
}
