package dev.tasker.examples.inventory;

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
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The three steps of the valuation of a product file under their callables. Rows, and so cursors, are counted from 1. */
public final class InventoryHandlers {
    private static final String PREFIX = "tasker_example_rs::step_handlers::batch_processing_products_csv::";

    private InventoryHandlers() {}

    public static HandlerRegistry registry() {
        return HandlerRegistry.builder()
                .handler(PREFIX + "CsvAnalyzerHandler", InventoryHandlers::analyze)
                .handler(PREFIX + "CsvBatchProcessorHandler", InventoryHandlers::process)
                .handler(PREFIX + "CsvResultsAggregatorHandler", InventoryHandlers::aggregate)
                .build();
    }

    private static StepResult analyze(StepContext context) throws IOException {
        String path = context.input("csv_file_path", String.class);
        long rows = new ProductFile(Path.of(path)).rows();
        int batchSize = context.configOr("batch_size", 200);
        if (rows < batchSize) {
            return Batches.none("dataset_too_small", Members.of("total_rows", rows, "csv_file_path", path));
        }
        int workers = (int) Math.min(Math.ceilDiv(rows, (long) batchSize), context.configOr("max_workers", 5));
        List<CursorRange> ranges = CursorRange.byWorkers(rows, workers).stream()
                .map(range -> range.shifted(1))
                .toList();
        return Batches.create(
                context.configOr("worker_template_name", "process_csv_batch"),
                ranges,
                rows,
                Members.of(
                        "worker_count",
                        ranges.size(),
                        "actual_batch_size",
                        ranges.getFirst().batchSize(),
                        "total_rows",
                        rows,
                        "csv_file_path",
                        path));
    }

    private static StepResult process(StepContext context) throws IOException {
        BatchInputs inputs = BatchInputs.of(context);
        if (inputs.noOp()) {
            return StepResult.success(
                    Members.of("no_op", true, "reason", "the file has no batches", "batch_id", inputs.batchId()));
        }
        JsonNode path = context.dependencyField("analyze_csv", "csv_file_path");
        if (path == null) {
            throw new IllegalStateException("result of analyze_csv: no csv_file_path");
        }
        var valuation = new Valuation();
        new ProductFile(Path.of(path.asString("")))
                .read(inputs.startNumber(), inputs.endNumber(), (row, product) -> valuation.add(product));
        return StepResult.success(
                Members.of(
                        "processed_count", valuation.count(),
                        "total_inventory_value", valuation.value(),
                        "category_counts", valuation.categories(),
                        "max_price", valuation.maxPrice(),
                        "max_price_product", valuation.maxPriceProduct(),
                        "average_rating", valuation.averageRating(),
                        "batch_id", inputs.batchId(),
                        "start_row", inputs.startNumber(),
                        "end_row", inputs.endNumber()),
                Map.of("batch_id", inputs.batchId(), "processed_count", valuation.count()));
    }

    private static StepResult aggregate(StepContext context) {
        var valuation = new Valuation();
        long total = 0;
        int workers = 0;
        switch (BatchScenario.detect(context, "analyze_csv", "process_csv_batch_")) {
            case NoBatches(JsonNode analysis) ->
                total = analysis.path("total_rows").asLong(0);
            case WithBatches batches -> {
                batches.results().values().forEach(valuation::add);
                workers = batches.workerCount();
                total = valuation.count();
            }
        }
        return StepResult.success(
                Members.of(
                        "total_processed", total,
                        "total_inventory_value", valuation.value(),
                        "category_counts", valuation.categories(),
                        "max_price", valuation.maxPrice(),
                        "max_price_product", valuation.maxPriceProduct(),
                        "overall_average_rating", valuation.averageRating(),
                        "worker_count", workers),
                Map.of("worker_count", workers, "total_products", total));
    }
}
