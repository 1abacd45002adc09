package dev.tasker.testkit.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.testkit.fault.FaultyDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database breaks every connection under load, again and again, and is killed: every task is done, every result recorded once. */
class DatabaseAwayTest {
    private static final int TASKS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final EngineConfig CONFIG = EngineConfig.DEFAULT.withLeases(
            new LeaseConfig(Duration.ofSeconds(3), Duration.ofMillis(500), Duration.ofMillis(200)));

    private static final String STATES =
            "SELECT tasker.task_state_name(state) || ' ' || count(*) FROM tasker.tasks GROUP BY state ORDER BY 1";

    /** More results than attempts, or more than one success. */
    private static final String RESULTS_IN_EXCESS = """
        SELECT history.task_uuid || ' ' || history.step_index
        FROM   tasker.step_history AS history JOIN tasker.workflow_steps AS step USING (task_uuid, step_index)
        WHERE  history.cause = tasker.cause('worker')
        GROUP  BY history.task_uuid, history.step_index, step.attempts
        HAVING count(*) > step.attempts OR count(*) FILTER (WHERE history.to_state = tasker.step_state('complete')) <> 1
        """;

    private static final String FINDINGS =
            "SELECT code || ' ' || task_uuid || ' ' || expected || ' ' || found FROM tasker.audit_tasks("
                    + "'00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')";

    @Test
    void everyTaskIsDoneAndEveryResultRecordedOnce(@TempDir Path folder) throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder))) {
            postgres.createDatabase("proof");
            new Migrations(postgres.dataSource("proof")).migrate();
            FaultyDataSource source = new FaultyDataSource(postgres.dataSource("proof"));
            try (Crew crew = new Crew(3);
                    Engine engine = Engine.open(source, CONFIG)) {
                Workload.register(engine);
                crew.join(engine, 8);
                Thread creator = Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < TASKS; i++) {
                        Workload.create(engine, i);
                    }
                });
                for (int i = 1; i <= 4; i++) {
                    awaitAnswers(crew, 120 * i);
                    assertThat(source.terminateBackends()).isPositive();
                }
                awaitAnswers(crew, 600);
                postgres.kill();
                postgres.restart();
                creator.join();

                Eventually.await(
                        PATIENCE,
                        () -> query(source, STATES).equals(List.of("complete " + TASKS)),
                        () -> "tasks: " + query(source, STATES) + ", audit: " + query(source, FINDINGS) + ", "
                                + engine.metrics());
                assertThat(crew.deliveredTwice()).isEmpty();
                assertThat(query(source, RESULTS_IN_EXCESS)).isEmpty();
                assertThat(query(source, FINDINGS)).isEmpty();
            }
        }
    }

    private static void awaitAnswers(Crew crew, int count) {
        Eventually.await(
                PATIENCE, () -> crew.answers() >= count, () -> crew.answers() + " answers (expected: " + count + ")");
    }

    private static List<String> query(FaultyDataSource source, String sql) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            ResultSet rows = statement.executeQuery(sql);
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
            return lines;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
