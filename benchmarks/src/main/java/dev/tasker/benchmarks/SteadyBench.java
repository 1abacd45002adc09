package dev.tasker.benchmarks;

import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * The linear scenario at a steady pace, with a line of figures at intervals: what must stay flat, if an engine is to run for years. Finished
 * tasks stay, so their tables are told in bytes per task; everything else in bytes.
 */
public final class SteadyBench {
    private static final String SIZES = """
        WITH sizes AS (
          SELECT class.relname, pg_table_size(class.oid) AS heap, pg_indexes_size(class.oid) AS indexes,
                 class.relispartition OR class.relname = 'task_identities' AS kept
          FROM   pg_class AS class WHERE class.relnamespace = 'tasker'::regnamespace AND class.relkind = 'r')
        SELECT sum(heap) FILTER (WHERE kept), sum(indexes) FILTER (WHERE kept), sum(heap + indexes) FILTER (WHERE NOT kept) FROM sizes
        """;

    private final int samples;
    private final Duration interval;
    private final double tasksPerSecond;
    private final int concurrency;
    private final int slots;

    /**
     * @param samples how many lines
     * @param interval what each stands for
     * @param tasksPerSecond how many linear tasks are created
     * @param concurrency tasks in flight at most
     * @param slots of their worker
     */
    public SteadyBench(int samples, Duration interval, double tasksPerSecond, int concurrency, int slots) {
        this.samples = samples;
        this.interval = interval;
        this.tasksPerSecond = tasksPerSecond;
        this.concurrency = concurrency;
        this.slots = slots;
    }

    private record Sizes(long heap, long indexes, long others) {}

    /** Measures, and prints a line of comma-separated values for each interval. Durability is on: fsync and synchronous_commit. */
    public void run(PrintWriter out) throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            postgres.createDatabase("bench");
            DataSource dataSource = postgres.dataSource("bench");
            new Migrations(dataSource).migrate();
            try (LinearLoad load = new LinearLoad(dataSource, concurrency, slots);
                    Connection connection = dataSource.getConnection()) {
                load.pace(tasksPerSecond);
                load.start();
                out.println(
                        "sample,tasks_per_s,longest_gap_ms,heap_bytes_per_task,index_bytes_per_task,other_kib,jvm_heap_mib");
                for (int sample = 1; sample <= samples; sample++) {
                    load.longestGapMillis();
                    double rate = load.rateFor(interval.toMillis());
                    double gap = load.longestGapMillis();
                    long tasks = load.completed();
                    Sizes sizes = sizes(connection);
                    out.printf(
                            Locale.ROOT,
                            "%d,%.1f,%.1f,%d,%d,%d,%d%n",
                            sample,
                            rate,
                            gap,
                            sizes.heap() / tasks,
                            sizes.indexes() / tasks,
                            sizes.others() >> 10,
                            liveHeap() >> 20);
                    out.flush();
                }
            }
        }
    }

    private static Sizes sizes(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SIZES)) {
            row.next();
            return new Sizes(row.getLong(1), row.getLong(2), row.getLong(3));
        }
    }

    /** What is in use when nothing can be collected any more. */
    private static long liveHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
