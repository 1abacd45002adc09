package dev.tasker.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.DeadLetter;
import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.DeadLetterUpdate;
import dev.tasker.engine.DeadLetters;
import dev.tasker.engine.Operator;
import dev.tasker.engine.ResolutionStatus;
import dev.tasker.engine.StaleTask;
import dev.tasker.engine.TaskState;
import dev.tasker.examples.ConformanceHandlers;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.server.DatabaseAccess;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.DatabaseConfig;
import dev.tasker.server.config.DatabaseUrl;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The staleness workflow (09 §3, dlq_staleness_test): stuck, dead-lettered after two minutes, put back to work, complete. */
class StalenessWorkflowTest {
    private static final String TEMPLATE = "dlq_staleness_test.yaml";

    @TempDir
    Path folder;

    @Test
    void stuckTaskIsDeadLetteredAndCompletesWhenItIsPutBackToWork() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder.resolve("postgres")))) {
            postgres.createDatabase("tasker");
            String url = postgres.jdbcUrl("tasker");
            try (TaskerServer server = TaskerServer.start(migrated(postgres));
                    TaskApi api = new TaskApi(server.restUrl().orElseThrow())) {
                server.register(TEMPLATE, ConformanceTemplates.yaml(TEMPLATE));
                String task = api.create("dlq_test", "dlq_staleness_test", "{\"test_input\": 7}")
                        .get("task_uuid")
                        .asString();
                UUID uuid = UUID.fromString(task);
                DeadLetters letters = server.engine().deadLetters();
                assertThat(letters.sweep()).as("fresh").isEmpty();

                advanceTwoMinutes(url);
                List<StaleTask> stale = letters.sweep();

                assertThat(stale).hasSize(1);
                assertThat(stale.getFirst())
                        .returns(uuid, StaleTask::taskUuid)
                        .returns("dlq_staleness_test", StaleTask::taskName)
                        .returns(TaskState.STEPS_IN_PROCESS, StaleTask::state)
                        .returns(2, StaleTask::thresholdMinutes)
                        .returns(StaleTask.Action.TRANSITIONED_TO_DLQ_AND_ERROR, StaleTask::action);
                assertThat(api.task(task).get("status").asString()).isEqualTo("error");
                DeadLetter entry = letters.newest(uuid).orElseThrow();
                assertThat(entry.reason()).isEqualTo(DeadLetterReason.STALENESS_TIMEOUT);
                assertThat(entry.status()).isEqualTo(ResolutionStatus.PENDING);
                assertThat(letters.queue(10)).hasSize(1);
                assertThat(letters.sweep()).as("again").isEmpty();

                Operator operator = new Operator("operator", null);
                assertThat(server.engine().reopen(uuid, "a worker is here now", operator))
                        .isEqualTo(new ActionOutcome.Done());
                try (WorkSource source = server.workSource();
                        WorkerRuntime _ =
                                WorkerRuntime.start(source, ConformanceHandlers.registry(), WorkerConfig.defaults())) {
                    JsonNode done = api.resting(task);
                    new Expectations(api).assertComplete(done, 2);
                }
                assertThat(letters.update(
                                entry.uuid(),
                                new DeadLetterUpdate(
                                        ResolutionStatus.MANUALLY_RESOLVED, "worker was missing", "operator", null)))
                        .isEqualTo(new ActionOutcome.Done());
                assertThat(letters.queue(10)).isEmpty();
            }
        }
    }

    private ServerConfig migrated(EmbeddedPostgres postgres) {
        ServerConfig standard = ServerConfig.defaults(Environment.TEST);
        DatabaseUrl url = DatabaseUrl.parse("postgresql://" + postgres.user() + ":" + postgres.password()
                + "@127.0.0.1:" + postgres.port() + "/tasker");
        DatabaseConfig database =
                new DatabaseConfig(url, null, standard.database().pool(), folder, true);
        try (DatabaseAccess access = DatabaseAccess.connect(database)) {
            access.migrations().migrate();
        }
        return standard.withDatabase(database).withAddresses(BindAddress.loopback(0), BindAddress.loopback(0));
    }

    private static void advanceTwoMinutes(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE OR REPLACE FUNCTION tasker.engine_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL"
                            + " SAFE RETURN now() + interval '2 min'");
        }
    }
}
