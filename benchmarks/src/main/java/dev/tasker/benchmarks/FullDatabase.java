package dev.tasker.benchmarks;

import dev.tasker.engine.Engine;
import dev.tasker.template.TemplateParser;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * A database full of tasks of one step: the older ones finished, one in a thousand of them cancelled, the newest unfinished. Written by SQL;
 * four templates in turn, those of even number in one namespace.
 */
record FullDatabase(int unfinished, int finished) {
    /** The namespace of half of the tasks. */
    static final String NAMESPACE = "bench_0";

    private static final int TEMPLATES = 4;
    private static final String TEMPLATE = """
        name: listed_NUMBER
        namespace_name: bench_HALF
        version: "1.0.0"
        identity_strategy: always_unique
        steps:
          - name: one
            handler: {callable: bench.square}
        """;

    int total() {
        return unfinished + finished;
    }

    /** Tasks that were cancelled. */
    int cancelled() {
        return finished / 1_000;
    }

    /** Tasks of {@link #NAMESPACE}: those of even number, from 1. */
    int inNamespace() {
        return total() / 2;
    }

    /** Fills a database without tasks, tasks a millisecond apart; the triggers on the history count them. */
    void fill(Engine engine, DataSource dataSource) throws SQLException {
        for (int i = 0; i < TEMPLATES; i++) {
            String template = TEMPLATE.replace("NUMBER", Integer.toString(i)).replace("HALF", Integer.toString(i % 2));
            engine.register(TemplateParser.parse("listed.yaml", template).template());
        }
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
