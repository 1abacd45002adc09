package dev.tasker.benchmarks;

import dev.tasker.benchmarks.BenchOptions.Transport;
import dev.tasker.engine.Migrations;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rows per second of a task that values a CSV file in five batches, from its creation to its end, checkpoints included; on a PostgreSQL
 * of its own with fsync on. A small file is valued by many tasks, one after another, and the median counts; as many go first, so that the
 * compiler has seen the code.
 */
public final class CsvBench {
    private static final int WARM_UP_ROWS = 20_000;
    private static final int ROWS_AT_LEAST = 100_000;
    private static final int TASKS_MAX = 50;
    private static final long PATIENCE_SECONDS = 600;
    private static final String SAVED =
            "SELECT coalesce(sum(cardinality(checkpoint_history)), 0) FROM tasker.workflow_steps WHERE task_uuid = ?";

    private final int rows;
    private final int rowsPerCheckpoint;
    private final int slots;
    private final Transport transport;

    /** Values a file of {@code rows}, saving progress every {@code rowsPerCheckpoint} rows of a batch. */
    public CsvBench(int rows, int rowsPerCheckpoint, int slots, Transport transport) {
        requireAtLeastOne("rows", rows);
        requireAtLeastOne("rows_per_checkpoint", rowsPerCheckpoint);
        this.rows = rows;
        this.rowsPerCheckpoint = rowsPerCheckpoint;
        this.slots = slots;
        this.transport = transport;
    }

    /**
     * Figures of one run.
     *
     * @param checkpoints that stand in the history of the batches of one task, which keeps a hundred of each
     * @param tasks how many were measured
     * @param seconds of the median task
     */
    public record Report(
            String transport, int rows, int rowsPerCheckpoint, long checkpoints, int tasks, double seconds) {

        /** Rows per second. */
        public double rowsPerSecond() {
            return rows / seconds;
        }

        /** One JSON object on one line. */
        public String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"scenario\":\"csv\",\"transport\":\"%s\",\"rows\":%d,\"rows_per_checkpoint\":%d,\"checkpoints\":%d,"
                        + "\"tasks\":%d,\"seconds\":%.4f,\"rows_per_s\":%.0f}",
                    transport,
                    rows,
                    rowsPerCheckpoint,
                    checkpoints,
                    tasks,
                    seconds,
                    rowsPerSecond());
        }

        /** For people. */
        public String text() {
            return String.format(
                    Locale.ROOT,
                    "csv over %s: %,d rows in %.3f s (median of %d tasks), %,.0f rows/s, a checkpoint every %,d rows"
                            + " of a batch, %d in the history",
                    transport,
                    rows,
                    seconds,
                    tasks,
                    rowsPerSecond(),
                    rowsPerCheckpoint,
                    checkpoints);
        }
    }

    /** Measures and reports. */
    public Report run() throws Exception {
        Path folder = Files.createTempDirectory("tasker-bench");
        Path file = folder.resolve("products.csv");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(
                EmbeddedPostgresConfig.of(folder.resolve("postgres")).withKeepData(false))) {
            postgres.createDatabase("bench");
            new Migrations(postgres.dataSource("bench")).migrate();
            return measured(postgres, file);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    private Report measured(EmbeddedPostgres postgres, Path file) throws Exception {
        TaskTracker tracker = new TaskTracker();
        BenchOptions options = new BenchOptions(Scenario.LINEAR, 1, 1, 1, 1, slots, 1, transport, false);
        try (BenchStack stack = BenchStack.start(options, postgres, "bench", tracker)) {
            stack.engine().register(CsvWorkflow.template());
            int tasks = Math.clamp(ROWS_AT_LEAST / rows, 1, TASKS_MAX);
            CsvWorkflow.write(file, Math.min(rows, WARM_UP_ROWS));
            for (int i = 0; i < tasks + 1; i++) {
                finished(stack, tracker, file, Math.min(rows, WARM_UP_ROWS));
            }
            CsvWorkflow.write(file, rows);
            double[] seconds = new double[tasks];
            @Nullable UUID last = null;
            for (int i = 0; i < tasks; i++) {
                long start = System.nanoTime();
                last = finished(stack, tracker, file, rows);
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
            Arrays.sort(seconds);
            return new Report(
                    transport.text(), rows, rowsPerCheckpoint, saved(postgres, last), tasks, seconds[tasks / 2]);
        }
    }

    private UUID finished(BenchStack stack, TaskTracker tracker, Path file, int fileRows) throws Exception {
        String context = "{\"file\":\"" + file + "\",\"rows\":" + fileRows + ",\"rows_per_checkpoint\":"
                + rowsPerCheckpoint + "}";
        UUID task = stack.create(TaskRequest.of("bench", "csv", "1.0.0", context));
        TaskState state = tracker.ended(task).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (state != TaskState.COMPLETE) {
            throw new IllegalStateException("task ended in " + state + " (expected: COMPLETE): "
                    + stack.engine().steps(task));
        }
        return task;
    }

    private static long saved(EmbeddedPostgres postgres, @Nullable UUID task) throws Exception {
        try (var connection = postgres.dataSource("bench").getConnection();
                var statement = connection.prepareStatement(SAVED)) {
            statement.setObject(1, task);
            var row = statement.executeQuery();
            row.next();
            return row.getLong(1);
        }
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
    }
}
