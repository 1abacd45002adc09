package dev.tasker.benchmarks;

import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.batch.BatchInputs;
import dev.tasker.worker.batch.BatchScenario;
import dev.tasker.worker.batch.BatchScenario.NoBatches;
import dev.tasker.worker.batch.BatchScenario.WithBatches;
import dev.tasker.worker.batch.Batches;
import dev.tasker.worker.batch.CursorRange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A file of products valued in batches: one step counts its rows, five workers read a part each and save their progress as they go, one step
 * adds up. The last worker saves by yielding, as a handler does that wants to be called again; the others by going on.
 */
final class CsvWorkflow {
    private static final int WORKERS = 5;
    private static final String YAML = """
        name: csv
        namespace_name: bench
        version: "1.0.0"
        identity_strategy: always_unique
        steps:
          - name: analyze
            type: batchable
            handler: {callable: bench.csv.analyze, initialization: {worker_template_name: value}}
            dependencies: []
          - name: value
            type: batch_worker
            handler: {callable: bench.csv.value}
            dependencies: [analyze]
            batch_config: {batch_size: 100000, parallelism: 5, cursor_field: row, worker_template: value}
            timeout_seconds: 600
          - name: total
            type: deferred_convergence
            handler: {callable: bench.csv.total}
            dependencies: [value]
        """;

    private CsvWorkflow() {}

    static TaskTemplate template() {
        return TemplateParser.parse("csv.yaml", YAML).template();
    }

    static HandlerRegistry handlers() {
        return HandlerRegistry.builder()
                .handler("bench.csv.analyze", CsvWorkflow::analyze)
                .handler("bench.csv.value", CsvWorkflow::value)
                .handler("bench.csv.total", CsvWorkflow::total)
                .build();
    }

    /** Writes so many products, of a cent and a stock of two each; their value is two cents a row. */
    static void write(Path file, int rows) throws IOException {
        try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            writer.write("id,title,category,price,stock\n");
            for (int row = 1; row <= rows; row++) {
                writer.write(row + ",\"Product, number " + row + "\",category-" + row % 17 + ",0.01,2\n");
            }
        }
    }

    private static StepResult analyze(StepContext context) throws IOException {
        long rows;
        try (var lines = Files.lines(Path.of(context.input("file", String.class)), StandardCharsets.UTF_8)) {
            rows = lines.count() - 1;
        }
        return Batches.create("value", CursorRange.byWorkers(rows, WORKERS), rows, Map.of("rows", rows));
    }

    private static StepResult value(StepContext context) throws Exception {
        BatchInputs inputs = BatchInputs.of(context);
        JsonNode cursor = context.checkpointCursor();
        JsonNode saved = context.accumulatedResults();
        long from = cursor == null ? inputs.startNumber() : cursor.asLong(0);
        long cents = saved == null ? 0 : saved.path("cents").asLong(0);
        int interval = context.input("rows_per_checkpoint", Integer.class);
        boolean yields = inputs.batchId().equals(CursorRange.id(WORKERS));
        try (BufferedReader lines =
                Files.newBufferedReader(Path.of(context.input("file", String.class)), StandardCharsets.UTF_8)) {
            for (long row = -1; row < from; row++) {
                lines.readLine();
            }
            for (long row = from; row < inputs.endNumber(); row++) {
                cents += cents(lines.readLine());
                long done = row + 1;
                if ((done - inputs.startNumber()) % interval == 0 && done < inputs.endNumber()) {
                    long items = done - inputs.startNumber();
                    if (yields) {
                        return StepResult.checkpointYield(done, items, Map.of("cents", cents));
                    }
                    context.saveCheckpoint(done, items, Map.of("cents", cents));
                }
            }
        }
        return StepResult.success(Map.of("rows", inputs.endNumber() - inputs.startNumber(), "cents", cents));
    }

    private static long cents(String line) {
        int stock = line.lastIndexOf(',');
        int price = line.lastIndexOf(',', stock - 1);
        return Math.round(100 * Double.parseDouble(line.substring(price + 1, stock)))
                * Integer.parseInt(line, stock + 1, line.length(), 10);
    }

    private static StepResult total(StepContext context) {
        long rows = 0;
        long cents = 0;
        switch (BatchScenario.detect(context, "analyze", "value_")) {
            case NoBatches _ -> {} // nothing to add up
            case WithBatches batches -> {
                for (JsonNode batch : batches.results().values()) {
                    rows += batch.path("rows").asLong(0);
                    cents += batch.path("cents").asLong(0);
                }
            }
        }
        if (cents != 2 * rows || rows != context.input("rows", Long.class)) {
            throw new IllegalStateException(
                    rows + " rows, " + cents + " cents (expected: " + context.input("rows") + " rows of two cents)");
        }
        return StepResult.success(Map.of("rows", rows, "cents", cents));
    }
}
