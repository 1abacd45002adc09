package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.tasker.v1.CreateTaskRequest;
import com.tasker.v1.StreamTaskStatusRequest;
import com.tasker.v1.TaskServiceGrpc;
import com.tasker.v1.TaskServiceGrpc.TaskServiceBlockingStub;
import com.tasker.v1.TaskState;
import com.tasker.v1.TaskStatusUpdate;
import dev.tasker.engine.Cancellation;
import dev.tasker.server.rest.ApiScene;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.HandClock;
import dev.tasker.server.security.TestAuth;
import dev.tasker.server.security.TestKeys;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of tasks whose caller's credential stops counting: they go on for a minute, as those of workers do. */
class StreamCredentialTest {
    private static final Duration GOOD_FOR = Duration.ofMinutes(10);

    private final HandClock clock = new HandClock();

    @Test
    void streamEndsAMinuteAfterTheTokenItWasOpenedWith(@TempDir Path folder) throws Exception {
        try (OpenServices open = OpenServices.start(folder, Authenticator.open(TestAuth.config(), clock), clock)) {
            open.server().register("ends.yaml", ApiScene.template("ends"));
            TaskServiceBlockingStub tasks = tasks(open);
            Iterator<TaskStatusUpdate> outlives = stream(tasks, create(tasks));
            assertThat(outlives.next().getTaskState()).isEqualTo(TaskState.TASK_STATE_STEPS_IN_PROCESS);
            String ends = create(tasks);
            Iterator<TaskStatusUpdate> endsInTime = stream(tasks, ends);
            assertThat(endsInTime.next().getTaskState()).isEqualTo(TaskState.TASK_STATE_STEPS_IN_PROCESS);

            clock.advance(GOOD_FOR.plusSeconds(59));
            open.server()
                    .engine()
                    .cancel(UUID.fromString(ends), Cancellation.UNEXPLAINED)
                    .get(20, TimeUnit.SECONDS);
            assertThat(endsInTime.next().getTaskState()).isEqualTo(TaskState.TASK_STATE_CANCELLED);
            assertThat(endsInTime.hasNext()).as("it ends as it should").isFalse();

            clock.advance(Duration.ofSeconds(1));
            Status end = GrpcScene.refusal(outlives::hasNext);
            assertThat(end.getCode()).isEqualTo(Code.UNAUTHENTICATED);
            assertThat(end.getDescription()).isEqualTo("Invalid or expired credentials");

            clock.advance(Duration.ofSeconds(1));
            Iterator<TaskStatusUpdate> late = stream(tasks, ends);
            assertThat(GrpcScene.refusal(late::hasNext).getCode()).isEqualTo(Code.UNAUTHENTICATED);
            assertThat(stream(tasks(open), ends).next().getTaskState())
                    .as("with the next token")
                    .isEqualTo(TaskState.TASK_STATE_CANCELLED);
        }
    }

    private TaskServiceBlockingStub tasks(OpenServices open) {
        Map<String, Object> claims = TestKeys.claims("tasks:*");
        claims.put("exp", clock.instant().plus(GOOD_FOR).getEpochSecond());
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + TestKeys.token(claims));
        return TaskServiceGrpc.newBlockingStub(open.channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static String create(TaskServiceBlockingStub tasks) {
        return tasks.createTask(CreateTaskRequest.newBuilder()
                        .setName("ends")
                        .setNamespace("api_test")
                        .setVersion("1.0.0")
                        .setContext(Struct.newBuilder()
                                .putFields(
                                        "at", GrpcScene.text(UUID.randomUUID().toString())))
                        .build())
                .getTask()
                .getTaskUuid();
    }

    private static Iterator<TaskStatusUpdate> stream(TaskServiceBlockingStub tasks, String task) {
        return tasks.withDeadlineAfter(30, TimeUnit.SECONDS)
                .streamTaskStatus(
                        StreamTaskStatusRequest.newBuilder().setTaskUuid(task).build());
    }
}
