package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A call about an old and a new task reads these two, and not all tasks made in between (decision record 002). */
@ExtendWith(DatabaseExtension.class)
class SpanTest {
    private static final int TASKS = 400;

    /** Rows a call may read for each of its two tasks; the most that any needs is 12. */
    private static final int READS_MAX = 2 * 16;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        complete_steps   | complete_steps(1000000, '{}', task, '{0,0}', '{1,1}', session, '{0,0}', '{0,0}', '{1,1}', '{x,x}', '{}', task, '{1,1}', session)
        failed steps     | complete_steps(1000000, '{}', task, '{0,0}', '{1,1}', session, '{1,2}', '{0,0}', '{1,1}', '{x,x}', '{}', '{}', '{}', '{}')
        checkpoint_steps | checkpoint_steps(1000000, task, '{0,0}', '{1,1}', session, '{f,t}', '{1,1}', '{1,1}', '{1,1}')
        reject_steps     | reject_steps(task, '{0,0}', '{1,1}', session, '{f,t}')
        time_out_steps   | time_out_steps(task, '{0,0}', '{1,1}', session, '{0,0}', '{x,x}')
        operate_steps    | operate_steps(task, '{0,0}', '{1,1}', '{x,x}', '{x,x}', '{f,f}')
        cancel_tasks     | cancel_tasks(task, '{x,x}')
        """)
    void callReadsWhatItIsAboutOnly(String name, String call, TestDatabase database) throws SQLException {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.register(node.draft("span", "a", "b:a").with("identity_strategy: always_unique"));
            HandDrivenWorker worker = node.worker(TASKS);
            for (int i = 0; i < TASKS; i++) {
                node.create(template.request("{}"));
            }
            worker.next(TASKS);

            assertThat(rowsRead(database, "PERFORM * FROM tasker." + call))
                    .as(name)
                    .isPositive()
                    .isLessThanOrEqualTo(READS_MAX);
        }
    }

    @Test
    void claimOfAnOldAndANewStepReadsThemOnly(TestDatabase database) throws SQLException {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("span", "a").with("identity_strategy: always_unique"));
            for (int i = 0; i < TASKS; i++) {
                node.create(template.request("{}"));
            }
            node.worker(0);

            assertThat(rowsRead(database, """
                DELETE FROM tasker.ready_steps WHERE task_uuid <> ALL (task) AND task_uuid = ANY (ARRAY(
                  SELECT task_uuid FROM tasker.task_requests WHERE template_id = (SELECT max(template_id) FROM tasker.templates)));
                PERFORM * FROM tasker.claim_steps(1000000, '{}', session[1], ARRAY(SELECT DISTINCT queue_id FROM tasker.ready_steps
                                                                             WHERE task_uuid = ANY (task)), '{0}', '{0}', 2)\
                """)).isPositive().isLessThanOrEqualTo(READS_MAX);
        }
    }

    /** How many rows of tasks and steps a call reads, for the oldest and the newest task of the newest template; it is rolled back. */
    private static long rowsRead(TestDatabase database, String call) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            long before = rowsRead(statement);
            statement.execute("""
                DO $$
                DECLARE
                  task uuid[] := (SELECT ARRAY[(array_agg(task_uuid ORDER BY task_uuid))[1],
                                        (array_agg(task_uuid ORDER BY task_uuid DESC))[1]]
                                  FROM tasker.task_requests
                                  WHERE template_id = (SELECT max(template_id) FROM tasker.templates));
                  session integer[] := ARRAY(SELECT max(session_id) FROM tasker.worker_sessions, generate_series(1, 2) AS i GROUP BY i);
                BEGIN
                  %s;
                END $$
                """.formatted(call));
            long after = rowsRead(statement);
            connection.rollback();
            return after - before;
        }
    }

    private static long rowsRead(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("""
            SELECT coalesce(sum(idx_tup_fetch + seq_tup_read), 0) FROM pg_stat_xact_user_tables
            WHERE  relname ~ '^(tasks|workflow_steps)_p[0-9]+$'
            """)) {
            row.next();
            return row.getLong(1);
        }
    }
}
