package dev.tasker.benchmarks;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.Migrations;
import dev.tasker.engine.TaskFilter;
import dev.tasker.engine.TaskPage;
import dev.tasker.engine.TaskState;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.template.TemplateParser;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Measures pages of task lists, and health counts, on a database full of tasks: the older ones finished, one in a thousand of them cancelled,
 * the newest unfinished. Filled by SQL; four templates.
 */
public final class ListBench {
    private static final int TEMPLATES = 4;
    private static final int ROUNDS = 300;
    private static final int WARM_UP = 50;
    private static final int PAGE = 25;
    private static final String TEMPLATE = """
        name: listed_NUMBER
        namespace_name: bench
        version: "1.0.0"
        identity_strategy: always_unique
        steps:
          - name: one
            handler: {callable: bench.square}
        """;

    private final int unfinished;
    private final int finished;

    public ListBench(int unfinished, int finished) {
        this.unfinished = unfinished;
        this.finished = finished;
    }

    /** One kind of read, in milliseconds. */
    public record Reading(String name, double p50, double p99) {}

    /** All kinds of reads. */
    public record Report(int unfinished, int finished, List<Reading> readings) {

        /** One JSON object on one line. */
        public String json() {
            StringJoiner words = new StringJoiner(",");
            for (Reading reading : readings) {
                words.add(String.format(
                        Locale.ROOT,
                        "\"%s\":{\"p50_ms\":%.3f,\"p99_ms\":%.3f}",
                        reading.name(),
                        reading.p50(),
                        reading.p99()));
            }
            return "{\"scenario\":\"lists\",\"unfinished\":" + unfinished + ",\"finished\":" + finished + "," + words
                    + "}";
        }
    }

    public Report run() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            postgres.createDatabase("lists");
            DataSource dataSource = postgres.dataSource("lists");
            new Migrations(dataSource).migrate();
            try (Engine engine = Engine.open(dataSource, EngineConfig.DEFAULT)) {
                for (int i = 1; i <= TEMPLATES; i++) {
                    engine.register(TemplateParser.parse("listed.yaml", TEMPLATE.replace("NUMBER", Integer.toString(i)))
                            .template());
                }
                fill(dataSource);
                return new Report(unfinished, finished, measure(engine));
            }
        }
    }

    private List<Reading> measure(Engine engine) {
        TaskFilter running = TaskFilter.ALL.withStates(Set.of(TaskState.STEPS_IN_PROCESS));
        UUID deep = deepCursor(engine, running);
        return List.of(
                reading("state", () -> list(engine, running, null, unfinished)),
                reading(
                        "rare_state",
                        () -> list(
                                engine, TaskFilter.ALL.withStates(Set.of(TaskState.CANCELLED)), null, finished / 1000)),
                reading(
                        "complete",
                        () -> list(
                                engine,
                                TaskFilter.ALL.withStates(Set.of(TaskState.COMPLETE)),
                                null,
                                finished - finished / 1000)),
                reading("all", () -> list(engine, TaskFilter.ALL, null, unfinished + finished)),
                reading("cursor", () -> list(engine, running, deep, unfinished)),
                reading("initiator", () -> engine.tasks(running.withInitiator("x"), TaskPage.Request.first(PAGE))),
                reading("health", () -> engine.analytics().health()));
    }

    private static UUID deepCursor(Engine engine, TaskFilter filter) {
        TaskPage page = engine.tasks(filter, TaskPage.Request.behind(5_000, PAGE));
        return page.tasks().isEmpty()
                ? engine.tasks(filter, TaskPage.Request.first(1))
                        .tasks()
                        .getFirst()
                        .taskUuid()
                : page.tasks().getLast().taskUuid();
    }

    private static void list(Engine engine, TaskFilter filter, @Nullable UUID after, long total) {
        TaskPage page = engine.tasks(filter, TaskPage.Request.after(after, PAGE));
        if (page.total().orElse(-1) != total) {
            throw new IllegalStateException("total " + page.total() + " (expected: " + total + ")");
        }
    }

    private static Reading reading(String name, Runnable read) {
        Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
        for (int i = 0; i < ROUNDS + WARM_UP; i++) {
            long start = System.nanoTime();
            read.run();
            if (i >= WARM_UP) {
                latency.recordValue(System.nanoTime() - start);
            }
        }
        return new Reading(name, latency.getValueAtPercentile(50) / 1e6, latency.getValueAtPercentile(99) / 1e6);
    }

    /** Tasks a millisecond apart; the triggers on the history count them. */
    private void fill(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT tasker.create_period('2024-06-01Z', '2024-07-01Z')"); // of the uuids below
            statement.execute("""
                CREATE TEMP TABLE filled AS
                SELECT ('0190' || lpad(to_hex(n), 8, '0') || '70008000000000000000')::uuid AS task_uuid, 1 + n %% %d AS template_id,
                       CASE WHEN n > %d THEN 3 WHEN n %% 1000 = 0 THEN 10 ELSE 8 END::smallint AS state
                FROM   generate_series(1, %d) AS n\
                """.formatted(TEMPLATES, finished, finished + unfinished));
            statement.execute("""
                INSERT INTO tasker.task_requests
                SELECT task_uuid, template_id, 0, uuid_send(task_uuid), task_uuid, NULL, 'system', 'bench', 'lists', NULL, '{"n":1}'
                FROM   filled\
                """);
            statement.execute("""
                INSERT INTO tasker.tasks (task_uuid, template_id, priority, created_at, total_steps, satisfied_steps, active_steps, state,
                                          version, entered_at, updated_at)
                SELECT task_uuid, template_id, 0, now(), 1, (state = 8)::integer, (state = 3)::integer, state, 1, now(), now() FROM filled\
                """);
            statement.execute("""
                INSERT INTO tasker.workflow_steps (task_uuid, step_index, queue_id, template_id, template_step, total_parents, max_attempts,
                                                   retryable, created_at, pending_parents, attempts, lease_token, state, version, entered_at)
                SELECT task_uuid, 0, 1, template_id, 0, 0, 3, true, now(), 0, 0, 0,
                       CASE state WHEN 3 THEN 1 WHEN 8 THEN 6 ELSE 8 END, 1, now()
                FROM   filled\
                """);
            statement.execute("""
                INSERT INTO tasker.step_changes (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at)
                SELECT task_uuid, 0, 1, 0, CASE state WHEN 3 THEN 1 WHEN 8 THEN 6 ELSE 8 END, 0, now() FROM filled\
                """);
            statement.execute("""
                INSERT INTO tasker.task_changes (task_uuid, sort_key, from_state, to_state, cause, created_at)
                SELECT task_uuid, 1, 0, state, 0, now() FROM filled\
                """);
            statement.execute("VACUUM ANALYZE");
            statement.execute("CHECKPOINT");
        }
    }
}
