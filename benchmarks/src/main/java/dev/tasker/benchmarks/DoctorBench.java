package dev.tasker.benchmarks;

import dev.tasker.engine.Doctor;
import dev.tasker.engine.DoctorOptions;
import dev.tasker.engine.DoctorOptions.Speed;
import dev.tasker.engine.DoctorReport;
import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;

/**
 * How fast a doctor recounts tasks of four steps, one of six unfinished, that SQL wrote as the engine leaves them; and what a gentle one
 * takes from the linear scenario beside it: its rate with and without, in turns.
 */
public final class DoctorBench {
    private static final int RUNS = 5;
    private static final int UNFINISHED_EVERY = 6;
    private static final int TASKS_PER_STATEMENT = 60_000;
    private static final int WARM_UP_TASKS = 15_000;
    private static final long TURN_MILLIS = 4_000;
    private static final long SHORT_TURN_MILLIS = 400;
    private static final int TASKS_OF_LONG_TURNS = 10_000;

    private final int tasks;
    private final int concurrency;
    private final int slots;
    private final long turnMillis;

    /**
     * A benchmark on so many tasks.
     *
     * @param concurrency linear tasks in flight beside the gentle doctor
     * @param slots of their worker
     */
    public DoctorBench(int tasks, int concurrency, int slots) {
        this.tasks = tasks;
        this.concurrency = concurrency;
        this.slots = slots;
        this.turnMillis = tasks < TASKS_OF_LONG_TURNS ? SHORT_TURN_MILLIS : TURN_MILLIS;
    }

    /** Medians; rates in tasks per second, the first run's apart: it reads from disk. */
    public record Report(
            int tasks, double first, double full, double gentle, double alone, double beside, double ratio) {

        /** One JSON object on one line. */
        public String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"scenario\":\"doctor\",\"tasks\":%d,\"first_tasks_per_second\":%.0f,\"tasks_per_second\":%.0f,"
                            + "\"gentle_tasks_per_second\":%.0f,\"linear_alone_tasks_per_second\":%.0f,"
                            + "\"linear_beside_tasks_per_second\":%.0f,\"ratio\":%.3f}",
                    tasks,
                    first,
                    full,
                    gentle,
                    alone,
                    beside,
                    ratio);
        }
    }

    public Report run() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            postgres.createDatabase("bench");
            DataSource dataSource = postgres.dataSource("bench");
            new Migrations(dataSource).migrate();
            seed(dataSource);
            double[] rates = new double[RUNS + 1];
            for (int run = 0; run <= RUNS; run++) {
                rates[run] = rate(new Doctor(dataSource).run(DoctorOptions.DEFAULT.withSpeed(Speed.FULL)));
            }
            try (LinearLoad load = new LinearLoad(dataSource, concurrency, slots)) {
                return beside(load, dataSource, rates[0], median(Arrays.copyOfRange(rates, 1, rates.length)));
            }
        }
    }

    private void seed(DataSource dataSource) throws SQLException, IOException {
        String script;
        try (InputStream text = Objects.requireNonNull(DoctorBench.class.getResourceAsStream("doctor-tasks.sql"))) {
            script = new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (int first = 1; first <= tasks; first += TASKS_PER_STATEMENT) {
                statement.execute(script.replace(":first", "" + first)
                        .replace(":last", "" + Math.min(tasks, first + TASKS_PER_STATEMENT - 1))
                        .replace(":every", "" + UNFINISHED_EVERY));
            }
            statement.execute("VACUUM (ANALYZE) tasker.tasks, tasker.task_requests, tasker.workflow_steps,"
                    + " tasker.task_history, tasker.step_history, tasker.ready_steps");
        }
    }

    private static double rate(DoctorReport report) {
        if (!report.isHealthy()) {
            throw new IllegalStateException("found " + report.found() + " faults (expected: none), the first: "
                    + report.findings().stream().findFirst());
        }
        return report.tasks() * 1e9 / report.duration().toNanos();
    }

    private Report beside(LinearLoad load, DataSource dataSource, double first, double full) throws Exception {
        load.start();
        while (load.completed() < WARM_UP_TASKS) {
            load.rateFor(100);
        }
        double[] alone = new double[RUNS];
        double[] beside = new double[RUNS];
        double[] ratios = new double[RUNS];
        double[] gentle = new double[RUNS];
        double before = load.rateFor(turnMillis);
        for (int run = 0; run < RUNS; run++) {
            try (Gentle doctor = new Gentle(dataSource)) {
                beside[run] = load.rateFor(turnMillis);
                gentle[run] = doctor.tasks() * 1e3 / turnMillis;
            }
            double after = load.rateFor(turnMillis);
            alone[run] = (before + after) / 2;
            ratios[run] = beside[run] / alone[run];
            before = after;
        }
        return new Report(tasks, first, full, median(gentle), median(alone), median(beside), median(ratios));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** A gentle doctor that begins again when it is done, until closed. */
    private static final class Gentle implements AutoCloseable {
        private final Thread thread;
        private final LongAdder done = new LongAdder();
        private volatile long current;
        private volatile boolean closed;

        private Gentle(DataSource dataSource) {
            Doctor doctor = new Doctor(dataSource);
            thread = Thread.ofPlatform().name("bench-doctor").start(() -> {
                try {
                    while (!closed) {
                        DoctorReport report = doctor.run(DoctorOptions.DEFAULT, tasks -> current = tasks);
                        double ignored = rate(report);
                        current = 0;
                        done.add(report.tasks());
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        private long tasks() {
            return done.sum() + current;
        }

        @Override
        public void close() throws InterruptedException {
            closed = true;
            thread.interrupt();
            thread.join();
        }
    }
}
