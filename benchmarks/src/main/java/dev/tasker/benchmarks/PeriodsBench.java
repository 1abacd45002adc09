package dev.tasker.benchmarks;

import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.Migrations;
import dev.tasker.engine.RetentionConfig;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * The linear scenario while partitions come and go beside an open reader: the longest time in which no task completed, of rounds in which a
 * period is created and another one leaves, and of as many in which nothing of that kind happens.
 */
public final class PeriodsBench {
    private static final int WARM_UP_TASKS = 15_000;
    private static final long READER_MILLIS = 2_000;
    private static final LocalDate FIRST_OLD = LocalDate.of(2024, 1, 1);
    private static final LocalDate FIRST_NEW = LocalDate.of(2200, 1, 1);

    private final int rounds;
    private final int concurrency;
    private final int slots;

    /**
     * @param rounds how many periods come, and leave
     * @param concurrency linear tasks in flight
     * @param slots of their worker
     */
    public PeriodsBench(int rounds, int concurrency, int slots) {
        this.rounds = rounds;
        this.concurrency = concurrency;
        this.slots = slots;
    }

    /** The longest gaps between two completions, in milliseconds: the median round and the worst, quiet and with partitions. */
    public record Report(int rounds, double quiet, double quietMax, double partitions, double partitionsMax) {

        /** One JSON object on one line. */
        public String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"scenario\":\"periods\",\"rounds\":%d,\"quiet_gap_ms\":%.1f,\"quiet_gap_max_ms\":%.1f,\"gap_ms\":%.1f,"
                        + "\"gap_max_ms\":%.1f}",
                    rounds,
                    quiet,
                    quietMax,
                    partitions,
                    partitionsMax);
        }
    }

    /** Measures and reports. Durability is on: fsync and synchronous_commit. */
    public Report run() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            postgres.createDatabase("bench");
            DataSource dataSource = postgres.dataSource("bench");
            new Migrations(dataSource).migrate();
            EngineConfig config = EngineConfig.DEFAULT.withRetention(RetentionConfig.DEFAULT
                    .withPeriod(RetentionConfig.Period.DAY)
                    .withKeep(Duration.ofDays(30)));
            try (LinearLoad load = new LinearLoad(dataSource, config, concurrency, slots);
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                load.start();
                while (load.completed() < WARM_UP_TASKS) {
                    load.rateFor(100);
                }
                double[] quiet = new double[rounds];
                double[] partitions = new double[rounds];
                for (int i = 0; i < rounds; i++) {
                    load.longestGapMillis();
                    TimeUnit.MILLISECONDS.sleep(READER_MILLIS);
                    quiet[i] = load.longestGapMillis();
                    partitions[i] = round(dataSource, load, threads, i);
                }
                Arrays.sort(quiet);
                Arrays.sort(partitions);
                return new Report(
                        rounds, quiet[rounds / 2], quiet[rounds - 1], partitions[rounds / 2], partitions[rounds - 1]);
            }
        }
    }

    private static double round(DataSource dataSource, LinearLoad load, ExecutorService threads, int round)
            throws Exception {
        try (Connection reader = dataSource.getConnection();
                Statement reading = reader.createStatement()) {
            createPeriod(dataSource, FIRST_OLD.plusDays(round));
            reader.setAutoCommit(false);
            reading.execute("SELECT FROM tasker.tasks JOIN tasker.workflow_steps USING (task_uuid)"
                    + " JOIN tasker.step_history USING (task_uuid) JOIN tasker.task_history USING (task_uuid)"
                    + " JOIN tasker.task_requests USING (task_uuid) LIMIT 1");
            load.longestGapMillis();
            createPeriod(dataSource, FIRST_NEW.plusDays(round));
            Future<Boolean> leaving = threads.submit(() -> load.engine().maintain());
            TimeUnit.MILLISECONDS.sleep(READER_MILLIS);
            reader.rollback();
            leaving.get();
            while (!load.engine().maintain()) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            return load.longestGapMillis();
        }
    }

    private static void createPeriod(DataSource dataSource, LocalDate day) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT tasker.create_period('" + day + "Z', '" + day.plusDays(1) + "Z')");
        }
    }
}
