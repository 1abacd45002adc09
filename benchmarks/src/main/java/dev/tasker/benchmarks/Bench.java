package dev.tasker.benchmarks;

import dev.tasker.engine.Engine;
import dev.tasker.engine.Migrations;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.template.TaskTemplate;
import java.nio.file.Files;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Runs one benchmark on a PostgreSQL of its own, in a temporary folder: ceiling, warm-up, sequential phase, saturated phase. */
public final class Bench {
    /** Enough for the compiler to have settled, so that a latency is the engine's. */
    private static final int WARM_UP_TASKS = 15_000;

    private static final long PATIENCE_SECONDS = 600;

    private final BenchOptions options;
    private final TaskTemplate template;
    private final TaskRequest request;

    public Bench(BenchOptions options) {
        this.options = options;
        this.template = options.scenario().template(options.width());
        this.request = TaskRequest.of(template.namespace(), template.name(), template.version(), Scenario.context());
    }

    /** Measures and reports. Durability is on: fsync and synchronous_commit. */
    public BenchReport run() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            postgres.createDatabase("bench");
            postgres.createDatabase("ceiling");
            new Migrations(postgres.dataSource("bench")).migrate();
            new Migrations(postgres.dataSource("ceiling")).migrate();
            return measured(postgres);
        }
    }

    private BenchReport measured(EmbeddedPostgres postgres) throws Exception {
        TaskTracker tracker = new TaskTracker();
        try (DatabaseFigures figures = new DatabaseFigures(postgres.dataSource("bench"));
                BenchStack stack = BenchStack.start(options, postgres, tracker)) {
            Engine engine = stack.engine();
            engine.register(template);
            saturate(engine, tracker, Math.min(WARM_UP_TASKS, options.tasks()));
            sequence(stack, tracker); // warms the client's way in, which the load does not take
            Histogram latency = sequence(stack, tracker);
            DatabaseFigures.Reading before = figures.read();
            long start = System.nanoTime();
            saturate(engine, tracker, options.tasks());
            double seconds = (System.nanoTime() - start) / 1e9;
            DatabaseFigures.Reading after = figures.read();
            stack.close();
            long steps = (long) options.tasks() * template.steps().size();
            double ceiling = Ceiling.measure(postgres.dataSource("ceiling"), template, options.ceilingSeconds());
            return new BenchReport(
                    options.scenario().text(),
                    options.transport().text(),
                    options.tasks(),
                    steps,
                    options.tasks() / seconds,
                    steps / seconds,
                    millis(latency, 50),
                    millis(latency, 90),
                    millis(latency, 99),
                    latency.getMaxValue() / 1e6,
                    (after.commits() - before.commits()) / (double) steps,
                    (after.walBytes() - before.walBytes()) / (double) steps,
                    ceiling);
        }
    }

    private static double millis(Histogram latency, double percentile) {
        return latency.getValueAtPercentile(percentile) / 1e6;
    }

    private Histogram sequence(BenchStack stack, TaskTracker tracker) throws Exception {
        Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(10), 3);
        for (int i = 0; i < options.latencyTasks(); i++) {
            long start = System.nanoTime();
            UUID task = stack.create(request);
            requireComplete(tracker.ended(task).get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            latency.recordValue(System.nanoTime() - start);
        }
        return latency;
    }

    private void saturate(Engine engine, TaskTracker tracker, int tasks) throws Exception {
        Semaphore inFlight = new Semaphore(options.concurrency());
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < tasks; i++) {
            inFlight.acquire();
            engine.create(request)
                    .thenCompose(creation -> tracker.ended(creation.taskUuid()))
                    .whenComplete((state, thrown) -> {
                        if (thrown != null || state != TaskState.COMPLETE) {
                            failure.compareAndSet(
                                    null, thrown == null ? new IllegalStateException("ended in " + state) : thrown);
                        }
                        inFlight.release();
                    });
        }
        if (!inFlight.tryAcquire(options.concurrency(), PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("tasks did not end within " + PATIENCE_SECONDS + " s: " + engine.metrics());
        }
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("a task failed", thrown);
        }
    }

    private static void requireComplete(TaskState state) {
        if (state != TaskState.COMPLETE) {
            throw new IllegalStateException("task ended in " + state + " (expected: COMPLETE)");
        }
    }
}
