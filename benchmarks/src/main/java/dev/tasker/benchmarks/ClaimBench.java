package dev.tasker.benchmarks;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.template.TemplateParser;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.HdrHistogram.Histogram;

/**
 * Compares the latency of a claim with many steps waiting to one with few: the engine's own claim call, ten steps each, turn by turn on two
 * databases of the same server, with the cursor a node would pass.
 */
public final class ClaimBench {
    private static final int FEW = 1_000;
    private static final int CLAIM = 10;
    private static final int ROUNDS = 80;
    private static final String TEMPLATE = """
        name: single
        namespace_name: bench
        version: "1.0.0"
        identity_strategy: always_unique
        steps:
          - name: one
            handler: {callable: bench.square}
        """;

    private final int many;

    /** Compares {@code many} waiting steps to a thousand, which is also the least, as claims use them up. */
    public ClaimBench(int many) {
        if (many < FEW) {
            throw new IllegalArgumentException("tasks: " + many + " (expected: >= " + FEW + ")");
        }
        this.many = many;
    }

    /** Medians in milliseconds. */
    public record Report(int few, int many, double fewP50, double manyP50) {

        /** One JSON object on one line. */
        public String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"scenario\":\"claim\",\"few\":%d,\"many\":%d,\"few_p50_ms\":%.3f,\"many_p50_ms\":%.3f,\"ratio\":%.3f}",
                    few,
                    many,
                    fewP50,
                    manyP50,
                    manyP50 / fewP50);
        }
    }

    public Report run() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            DataSource fewSteps = prepared(postgres, "few", FEW);
            DataSource manySteps = prepared(postgres, "many", many);
            try (Claimer one = new Claimer(fewSteps);
                    Claimer other = new Claimer(manySteps)) {
                for (int i = 0; i < ROUNDS; i++) {
                    one.claim();
                    other.claim();
                }
                return new Report(FEW, many, one.median(), other.median());
            }
        }
    }

    private static DataSource prepared(EmbeddedPostgres postgres, String name, int steps) throws SQLException {
        postgres.createDatabase(name);
        DataSource dataSource = postgres.dataSource(name);
        new Migrations(dataSource).migrate();
        try (Engine engine = Engine.open(dataSource, EngineConfig.DEFAULT)) {
            engine.register(TemplateParser.parse("single.yaml", TEMPLATE).template());
        }
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                INSERT INTO tasker.worker_sessions (session_uuid, node_uuid, worker_name, in_process, lease_duration, created_at, expires_at)
                VALUES (gen_random_uuid(), gen_random_uuid(), 'bench', true, '1 day', now(), now() + interval '1 day')\
                """);
            statement.execute("""
                INSERT INTO tasker.tasks (task_uuid, template_id, priority, created_at, total_steps, active_steps, state, version, entered_at,
                                          updated_at)
                SELECT (left(tasker.uuid_at(now())::text, 14) || '7000-8000-' || lpad(to_hex(n), 7, '0') || '00000')::uuid, 1, 0, now(), 1, 1, 3, 1, now(), now()
                FROM   generate_series(1, %d) AS n\
                """.formatted(steps));
            statement.execute("""
                INSERT INTO tasker.workflow_steps (task_uuid, step_index, queue_id, template_id, template_step, total_parents, max_attempts, retryable,
                                                   created_at, pending_parents, attempts, lease_token, state, version, entered_at)
                SELECT task_uuid, 0, 1, 1, 0, 0, 3, true, now(), 0, 0, 0, 1, 1, now() FROM tasker.tasks\
                """);
            statement.execute("INSERT INTO tasker.ready_steps (queue_id, priority, task_uuid, step_index)"
                    + " SELECT 1, 0, task_uuid, 0 FROM tasker.tasks ORDER BY task_uuid");
            statement.execute("VACUUM ANALYZE");
            statement.execute("CHECKPOINT");
        }
        return dataSource;
    }

    private static final class Claimer implements AutoCloseable {
        private static final int WARM_UP = 15;

        private final Connection connection;
        private final Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        private long cursor;
        private int made;

        private Claimer(DataSource dataSource) throws SQLException {
            connection = dataSource.getConnection();
        }

        private void claim() throws SQLException {
            try (PreparedStatement call = connection.prepareStatement(
                    "SELECT kind, sequence FROM tasker.claim_steps(?, '{}', 1, '{1}', '{0}', ARRAY[?], ?)")) {
                call.setLong(1, made + 1L);
                call.setLong(2, cursor);
                call.setInt(3, CLAIM);
                long start = System.nanoTime();
                int taken = 0;
                try (ResultSet rows = call.executeQuery()) {
                    while (rows.next()) {
                        if (rows.getInt(1) == 1) {
                            cursor = Math.max(cursor, rows.getLong(2));
                        } else {
                            taken++;
                        }
                    }
                }
                if (++made > WARM_UP) {
                    latency.recordValue(System.nanoTime() - start);
                }
                if (taken != CLAIM) {
                    throw new IllegalStateException("claimed " + taken + " steps (expected: " + CLAIM + ")");
                }
            }
        }

        private double median() {
            return latency.getValueAtPercentile(50) / 1e6;
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
