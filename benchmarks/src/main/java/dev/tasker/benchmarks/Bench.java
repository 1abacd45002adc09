package dev.tasker.benchmarks;

import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.nio.file.Files;

/** Runs one benchmark on a PostgreSQL of its own, in a temporary folder: warm-up, sequential phase, saturated phase, ceiling. */
public final class Bench {
    /** Enough for the compiler to have settled, so that a latency is the engine's. */
    private static final int WARM_UP_TASKS = 15_000;

    /** Sequential phases before the one that counts: the client's way in and a single task's path are warmed by nothing else. */
    private static final int WARM_UP_SEQUENCES = 4;

    private final BenchOptions options;

    public Bench(BenchOptions options) {
        this.options = options;
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
                BenchStack stack = BenchStack.start(options, postgres, "bench", tracker)) {
            Load load = new Load(options, stack, tracker);
            load.saturate(Math.min(WARM_UP_TASKS, options.tasks()));
            Latency first = Latency.of(load.sequence());
            for (int i = 1; i < WARM_UP_SEQUENCES; i++) {
                load.sequence();
            }
            Latency latency = Latency.of(load.sequence());
            DatabaseFigures.Reading before = figures.read();
            double tasksPerSecond = load.saturate(options.tasks());
            DatabaseFigures.Reading after = figures.read();
            stack.close();
            long steps = (long) options.tasks() * load.stepsPerTask();
            double ceiling = Ceiling.measure(
                    postgres.dataSource("ceiling"),
                    options.scenario().template(options.width()),
                    options.ceilingSeconds());
            return new BenchReport(
                    options.scenario().text(),
                    options.transport().text(),
                    options.tasks(),
                    steps,
                    tasksPerSecond,
                    tasksPerSecond * load.stepsPerTask(),
                    first,
                    latency,
                    (after.commits() - before.commits()) / (double) steps,
                    (after.walBytes() - before.walBytes()) / (double) steps,
                    ceiling);
        }
    }
}
