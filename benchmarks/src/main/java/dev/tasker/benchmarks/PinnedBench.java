package dev.tasker.benchmarks;

import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * The linear scenario beside a foreign transaction that keeps its snapshot, so that no dead row can be removed: its rate in the last tenth of
 * the time, against the rate before.
 */
public final class PinnedBench {
    private static final int WARM_UP_TASKS = 15_000;
    private static final long BEFORE_MILLIS = 20_000;

    private final Duration pinned;
    private final int concurrency;
    private final int slots;

    /**
     * @param pinned how long the transaction stays open
     * @param concurrency linear tasks in flight
     * @param slots of their worker
     */
    public PinnedBench(Duration pinned, int concurrency, int slots) {
        this.pinned = pinned;
        this.concurrency = concurrency;
        this.slots = slots;
    }

    /** Rates in linear tasks per second. */
    public record Report(long seconds, double before, double pinned, double ratio) {

        /** One JSON object on one line. */
        public String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"scenario\":\"pinned\",\"seconds\":%d,\"before_tasks_per_s\":%.1f,\"pinned_tasks_per_s\":%.1f,\"ratio\":%.3f}",
                    seconds,
                    before,
                    pinned,
                    ratio);
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
            try (LinearLoad load = new LinearLoad(dataSource, concurrency, slots);
                    Connection foreign = dataSource.getConnection();
                    Statement statement = foreign.createStatement()) {
                load.start();
                while (load.completed() < WARM_UP_TASKS) {
                    load.rateFor(100);
                }
                double before = load.rateFor(BEFORE_MILLIS);
                foreign.setAutoCommit(false);
                foreign.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                statement.execute("SELECT pg_current_xact_id()");
                long last = pinned.toMillis() / 10;
                load.rateFor(pinned.toMillis() - last);
                double rate = load.rateFor(last);
                foreign.rollback();
                return new Report(pinned.toSeconds(), before, rate, rate / before);
            }
        }
    }
}
