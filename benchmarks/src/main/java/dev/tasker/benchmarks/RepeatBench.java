package dev.tasker.benchmarks;

import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Runs the saturated phase again and again on one database, from its first row on, each time with a new engine and worker: a plan made on an
 * empty table, or a table that grows, would show as a first or a last run that is slower. The JVM is warmed on another database before.
 */
public final class RepeatBench {
    private final BenchOptions options;
    private final int runs;

    /** Repeats {@code options} so many times, twice at least. */
    public RepeatBench(BenchOptions options, int runs) {
        if (runs < 2) {
            throw new IllegalArgumentException("runs: " + runs + " (expected: >= 2)");
        }
        this.options = options;
        this.runs = runs;
    }

    /** Steps per second of each run, in their order. */
    public record Report(String scenario, String transport, int tasks, List<Double> stepsPerSecond) {

        public Report {
            stepsPerSecond = List.copyOf(stepsPerSecond);
        }

        /** Rate of the first run as a part of the median of the others. */
        public double firstToOthers() {
            List<Double> others = stepsPerSecond.stream().skip(1).sorted().toList();
            int middle = others.size() / 2;
            double median =
                    others.size() % 2 == 1 ? others.get(middle) : (others.get(middle - 1) + others.get(middle)) / 2;
            return stepsPerSecond.getFirst() / median;
        }

        /** One JSON object on one line. */
        public String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"scenario\":\"%s\",\"transport\":\"%s\",\"tasks\":%d,\"steps_per_s\":[%s],\"first_to_others\":%.3f}",
                    scenario,
                    transport,
                    tasks,
                    rates("%.1f", ","),
                    firstToOthers());
        }

        /** For people. */
        public String text() {
            return String.format(
                    Locale.ROOT,
                    """
                    %s over %s, %d runs of %d tasks on one database
                      throughput   %s steps/s
                      first run    %.2f of the median of the others
                    """,
                    scenario,
                    transport,
                    stepsPerSecond.size(),
                    tasks,
                    rates("%,.0f", "  "),
                    firstToOthers());
        }

        private String rates(String format, String separator) {
            return stepsPerSecond.stream()
                    .map(rate -> String.format(Locale.ROOT, format, rate))
                    .collect(Collectors.joining(separator));
        }
    }

    /** Measures and reports. Durability is on: fsync and synchronous_commit. */
    public Report run() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            for (String database : List.of("warm_up", "bench")) {
                postgres.createDatabase(database);
                new Migrations(postgres.dataSource(database)).migrate();
            }
            rate(postgres, "warm_up");
            List<Double> rates = new ArrayList<>();
            for (int run = 0; run < runs; run++) {
                rates.add(rate(postgres, "bench"));
            }
            return new Report(options.scenario().text(), options.transport().text(), options.tasks(), rates);
        }
    }

    private double rate(EmbeddedPostgres postgres, String database) throws Exception {
        TaskTracker tracker = new TaskTracker();
        try (BenchStack stack = BenchStack.start(options, postgres, database, tracker)) {
            Load load = new Load(options, stack, tracker);
            return load.saturate(options.tasks()) * load.stepsPerTask();
        }
    }
}
