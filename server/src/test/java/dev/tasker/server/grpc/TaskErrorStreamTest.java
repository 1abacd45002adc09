package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.tasker.v1.StreamTaskStatusRequest;
import com.tasker.v1.TaskServiceGrpc;
import com.tasker.v1.TaskServiceGrpc.TaskServiceBlockingStub;
import com.tasker.v1.TaskState;
import com.tasker.v1.TaskStatusUpdate;
import com.tasker.v1.TaskStatusUpdate.UpdateType;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.TaskRequest;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.server.DatabaseAccess;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.DatabaseConfig;
import dev.tasker.server.config.DatabaseUrl;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.testkit.HandDrivenWorker;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that ends in {@code error}, as those see it who follow it over gRPC (03 §2.4). */
class TaskErrorStreamTest {
    private static final String TEMPLATE = """
        name: slow
        namespace_name: grpc_error
        version: 1.0.0
        lifecycle: {max_steps_in_process_minutes: 1}
        steps:
          - name: only
            handler: {callable: slow.only}
        """;

    @TempDir
    Path folder;

    @Test
    void taskThatIsGivenUpIsToldAsAnErrorWithWhatItsStepSaid() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder.resolve("postgres")))) {
            postgres.createDatabase("tasker");
            try (TaskerServer server = TaskerServer.start(migrated(postgres));
                    HandDrivenWorker worker = HandDrivenWorker.open(
                            server.engine(),
                            new SessionRequest("hand", List.of(new HandlerKey("grpc_error", "slow.only")), true))) {
                server.register("slow.yaml", TEMPLATE);
                UUID task = server.engine()
                        .create(TaskRequest.of("grpc_error", "slow", "1.0.0", "{}"))
                        .get(10, TimeUnit.SECONDS)
                        .taskUuid();
                var only = worker.grant(1).next("only");
                ManagedChannel channel = GrpcScene.channel(server.grpcPort().orElseThrow());
                try {
                    Iterator<TaskStatusUpdate> updates = stream(channel, task);
                    assertThat(updates.next().getTaskState()).isEqualTo(TaskState.TASK_STATE_STEPS_IN_PROCESS);

                    advanceTwoMinutes(postgres.jdbcUrl("tasker"));
                    assertThat(server.engine().deadLetters().sweep()).hasSize(1);

                    TaskStatusUpdate error = updates.next();
                    assertThat(error.getUpdateType()).isEqualTo(UpdateType.UPDATE_TYPE_TASK_ERROR);
                    assertThat(error.getTaskState()).isEqualTo(TaskState.TASK_STATE_ERROR);
                    assertThat(error.getErrorMessage()).as("no step has failed").isEqualTo("Task failed");
                    assertThat(updates.hasNext()).isFalse();

                    worker.failForGood(only);
                    Iterator<TaskStatusUpdate> later = stream(channel, task);
                    TaskStatusUpdate told = later.next();
                    assertThat(told.getUpdateType()).isEqualTo(UpdateType.UPDATE_TYPE_TASK_ERROR);
                    assertThat(told.getErrorMessage()).startsWith("Step 'only' failed: ");
                    assertThat(told.getErrorMessage()).hasSizeGreaterThan("Step 'only' failed: ".length());
                    assertThat(later.hasNext()).isFalse();
                } finally {
                    channel.shutdownNow();
                }
            }
        }
    }

    private static Iterator<TaskStatusUpdate> stream(ManagedChannel channel, UUID task) {
        TaskServiceBlockingStub tasks =
                TaskServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
        return tasks.streamTaskStatus(StreamTaskStatusRequest.newBuilder()
                .setTaskUuid(task.toString())
                .setIncludeSteps(false)
                .build());
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
