package dev.tasker.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.Migrations;
import dev.tasker.engine.StalenessConfig;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.template.TemplateParser;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * Times sweeps for stale tasks beside many that are not: unfinished ones, all younger than their thresholds but for ten thousand that their
 * template wants left alone, of twenty templates with three sets of thresholds; and finished ones, created evenly over two days.
 */
public final class StalenessBench {
    private static final int ROUNDS = 11;
    private static final int TEMPLATES = 20;
    private static final int LEFT_ALONE_MAX = 10_000;
    private static final long CAUGHT_UP_MILLIS = 600_000;

    private final int unfinished;
    private final int finished;

    public StalenessBench(int unfinished, int finished) {
        if (unfinished < TEMPLATES || finished < 0) {
            throw new IllegalArgumentException("unfinished: " + unfinished + ", finished: " + finished
                    + " (expected: >= " + TEMPLATES + ", >= 0)");
        }
        this.unfinished = unfinished;
        this.finished = finished;
    }

    /**
     * Milliseconds.
     *
     * @param first the first sweeps, which judge those that are left alone and walk over all that are older than their lifetime
     * @param idleP50 of sweeps with nothing to find
     * @param fiveMinutesP50 of sweeps five minutes of the database's time after one another
     * @param hundredP50 of sweeps that end a hundred tasks
     */
    public record Report(
            int unfinished,
            int finished,
            double first,
            double idleP50,
            double idleMax,
            double fiveMinutesP50,
            double hundredP50) {

        /** One JSON object on one line. */
        public String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"scenario\":\"staleness\",\"unfinished\":%d,\"finished\":%d,\"first_ms\":%.1f,\"idle_p50_ms\":%.1f,"
                        + "\"idle_max_ms\":%.1f,\"five_minutes_p50_ms\":%.1f,\"hundred_p50_ms\":%.1f}",
                    unfinished,
                    finished,
                    first,
                    idleP50,
                    idleMax,
                    fiveMinutesP50,
                    hundredP50);
        }
    }

    public Report run() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            postgres.createDatabase("bench");
            DataSource dataSource = postgres.dataSource("bench");
            new Migrations(dataSource).migrate();
            EngineConfig config = EngineConfig.DEFAULT.withStaleness(StalenessConfig.DEFAULT.disabled());
            try (HikariDataSource pool = BenchPool.of(dataSource);
                    Engine engine = Engine.open(pool, dataSource, config, EngineListener.NONE);
                    Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                fill(engine, statement);
                double first = sweepUntilCaughtUp(engine, statement);
                List<Double> idle = new ArrayList<>();
                List<Double> later = new ArrayList<>();
                List<Double> hundred = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                    idle.add(sweep(engine));
                }
                for (int i = 1; i <= ROUNDS; i++) {
                    shift(statement, 5 * i);
                    later.add(sweep(engine));
                }
                for (int i = 0; i < ROUNDS; i++) {
                    age(statement);
                    hundred.add(sweep(engine));
                }
                return new Report(
                        unfinished,
                        finished,
                        first,
                        median(idle),
                        Collections.max(idle),
                        median(later),
                        median(hundred));
            }
        }
    }

    private void fill(Engine engine, Statement statement) throws SQLException {
        for (int i = 0; i < TEMPLATES; i++) {
            engine.register(TemplateParser.parse("stale.yaml", template(i)).template());
        }
        statement.execute("UPDATE tasker.templates SET created_at = now() - interval '3 days'");
        statement.execute("""
            INSERT INTO tasker.tasks (task_uuid, template_id, priority, created_at, total_steps, satisfied_steps, active_steps, state, version,
                                      entered_at, updated_at)
            SELECT overlay(overlay(tasker.first_uuid_of(now() - age)::text PLACING lpad(to_hex(n & 4095), 3, '0') FROM 16)
                           PLACING lpad(to_hex(n / 4096 & 4095), 3, '0') FROM 21)::uuid,
                   1 + n %% %1$d, 0, now() - age, 1, done::integer, 1 - done::integer, CASE WHEN done THEN 8 ELSE 3 END, 1, now() - age, now() - age
            FROM  (SELECT n, n > %2$d AS done,
                          CASE WHEN n > %2$d THEN (n - %2$d) * interval '2 days' / greatest(%3$d, 1)
                               WHEN n %% %1$d = 0 AND n / %1$d <= %4$d THEN interval '50 min' + n * interval '1 ms'
                               ELSE n %% 1000 * interval '1 s' END AS age
                   FROM   generate_series(1, %2$d + %3$d) AS n) AS task
            ORDER  BY 1\
            """.formatted(TEMPLATES, unfinished, finished, LEFT_ALONE_MAX));
        statement.execute("""
            INSERT INTO tasker.task_requests (task_uuid, template_id, priority, identity_hash, correlation_id, initiator, source_system,
                                              reason, context)
            SELECT task_uuid, template_id, 0, uuid_send(task_uuid), task_uuid, 'bench', 'bench', 'bench', '{}' FROM tasker.tasks
            WHERE  state < 8\
            """);
        statement.execute("""
            INSERT INTO tasker.workflow_steps (task_uuid, step_index, queue_id, template_id, template_step, total_parents, max_attempts, retryable,
                                               created_at, pending_parents, attempts, lease_token, state, version, entered_at)
            SELECT task_uuid, 0, 1, template_id, 0, 0, 3, true, entered_at, 0, 0, 0, 1, 1, entered_at FROM tasker.tasks WHERE state < 8\
            """);
        statement.execute("VACUUM ANALYZE");
        statement.execute("CHECKPOINT");
    }

    /** The first leaves its stale tasks alone; the second has a lifetime of its own. */
    private static String template(int number) {
        String lifecycle = switch (number) {
            case 0 -> "{staleness_action: none}";
            case 1 -> "{max_duration_minutes: 600}";
            case 2, 3 -> "{max_steps_in_process_minutes: 5000}";
            default -> "{}";
        };
        return "name: stale_" + number + "\nnamespace_name: bench\nversion: \"1.0.0\"\nlifecycle: " + lifecycle
                + "\nsteps:\n  - {name: one, handler: {callable: bench.square}}\n";
    }

    /** Milliseconds of one sweep. */
    private static double sweep(Engine engine) {
        long start = System.nanoTime();
        engine.deadLetters().sweep();
        return (System.nanoTime() - start) / 1e6;
    }

    /** A sweep judges at most a hundred tasks and goes at most half a million further; those that are up to date follow the clock only. */
    private static double sweepUntilCaughtUp(Engine engine, Statement statement) throws SQLException {
        long start = System.nanoTime();
        long before;
        long walked = 0;
        boolean judged;
        do {
            before = walked;
            judged = !engine.deadLetters().sweep().isEmpty();
            walked = walkedMillis(statement);
        } while (judged || walked - before > CAUGHT_UP_MILLIS);
        return (System.nanoTime() - start) / 1e6;
    }

    /** The sum, over all lifetimes, of the time until which tasks were judged by their creation. */
    private static long walkedMillis(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "SELECT ('x' || left(translate(task_uuid::text, '-', ''), 12))::bit(48)::bigint FROM"
                        + " tasker.staleness_marks WHERE kind = -1")) {
            long sum = 0;
            while (row.next()) {
                sum += row.getLong(1);
            }
            return sum;
        }
    }

    private static void shift(Statement statement, int minutes) throws SQLException {
        statement.execute(
                "CREATE OR REPLACE FUNCTION tasker.engine_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE"
                        + " RETURN now() + interval '" + minutes + " min'");
    }

    /** A hundred tasks have been waiting for an hour. */
    private static void age(Statement statement) throws SQLException {
        statement.execute("""
            UPDATE tasker.tasks SET entered_at = tasker.engine_now() - interval '2 hours'
            WHERE  task_uuid IN (SELECT task_uuid FROM tasker.tasks WHERE state = 3 AND template_id = 7 LIMIT 100)\
            """);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
