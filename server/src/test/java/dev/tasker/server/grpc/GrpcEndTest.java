package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.tasker.v1.CreateTaskRequest;
import com.tasker.v1.HealthServiceGrpc;
import com.tasker.v1.ListTasksRequest;
import com.tasker.v1.ReadinessRequest;
import com.tasker.v1.StreamTaskStatusRequest;
import com.tasker.v1.TaskServiceGrpc;
import com.tasker.v1.TaskServiceGrpc.TaskServiceBlockingStub;
import com.tasker.v1.TaskState;
import com.tasker.v1.TaskStatusUpdate;
import com.tasker.v1.TaskStatusUpdate.UpdateType;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.server.rest.ApiScene;
import dev.tasker.server.security.Authenticator;
import dev.tasker.testkit.HandDrivenWorker;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.MethodName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Calls that take too long, streams of tasks that wait for people, and what the end of the services means for both. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodName.class)
class GrpcEndTest {
    private OpenServices open;

    @BeforeAll
    void start(@TempDir Path folder) {
        open = OpenServices.start(folder, Authenticator.DISABLED, Duration.ofMillis(1_500));
        open.server().register("ends.yaml", ApiScene.template("ends"));
    }

    @AfterAll
    void stop() {
        open.close();
    }

    @Test
    void callThatTakesTooLongIsGivenUp() {
        CountDownLatch latch = new CountDownLatch(1);
        open.stallDatabase(latch);

        Status own = GrpcScene.refusal(() -> HealthServiceGrpc.newBlockingStub(open.channel())
                .checkReadiness(ReadinessRequest.getDefaultInstance()));
        Status callers = GrpcScene.refusal(() -> HealthServiceGrpc.newBlockingStub(open.channel())
                .withDeadlineAfter(100, TimeUnit.MILLISECONDS)
                .checkReadiness(ReadinessRequest.getDefaultInstance()));
        latch.countDown();

        assertThat(own.getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(own.getDescription()).isEqualTo("Request timed out");
        assertThat(callers.getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(HealthServiceGrpc.newBlockingStub(open.channel())
                        .checkReadiness(ReadinessRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo("ready");
    }

    @Test
    void streamGoesOnWhileATaskWaitsForPeopleAndOutlivesTheLimitOfCalls() {
        String task = create();
        Iterator<TaskStatusUpdate> updates = stream(task);
        assertThat(updates.next().getTaskState()).isEqualTo(TaskState.TASK_STATE_STEPS_IN_PROCESS);

        try (HandDrivenWorker worker = HandDrivenWorker.open(
                        open.server().engine(),
                        new SessionRequest("hand", List.of(new HandlerKey("api_test", "api.ends.first")), true))
                .grant(1)) {
            ApiScene.exhaust(worker);
        }
        TaskStatusUpdate blocked = updates.next();
        while (blocked.getTaskState() != TaskState.TASK_STATE_BLOCKED_BY_FAILURES) {
            blocked = updates.next();
        }

        assertThat(blocked.getUpdateType()).isEqualTo(UpdateType.UPDATE_TYPE_TASK_STATE_CHANGE);
        assertThat(blocked.hasStepUpdate()).isFalse();
    }

    @Test
    void whenTheServicesEndStreamsEndAndCallsAreRefused() {
        Iterator<TaskStatusUpdate> updates = stream(create());
        assertThat(updates.next().getTaskState()).isEqualTo(TaskState.TASK_STATE_STEPS_IN_PROCESS);

        open.closeServices();

        assertThat(GrpcScene.refusal(updates::hasNext).getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(GrpcScene.refusal(() -> tasks().listTasks(ListTasksRequest.getDefaultInstance()))
                        .getCode())
                .isEqualTo(Code.UNAVAILABLE);
        assertThat(GrpcScene.refusal(() -> stream("any").hasNext()).getCode()).isEqualTo(Code.UNAVAILABLE);
    }

    private String create() {
        return tasks().createTask(CreateTaskRequest.newBuilder()
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

    private Iterator<TaskStatusUpdate> stream(String task) {
        return tasks().streamTaskStatus(
                        StreamTaskStatusRequest.newBuilder().setTaskUuid(task).build());
    }

    private TaskServiceBlockingStub tasks() {
        return TaskServiceGrpc.newBlockingStub(open.channel()).withDeadlineAfter(30, TimeUnit.SECONDS);
    }
}
