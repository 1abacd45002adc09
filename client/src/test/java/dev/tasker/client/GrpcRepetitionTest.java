package dev.tasker.client;

import static dev.tasker.client.ScriptedGrpcServer.all;
import static dev.tasker.client.ScriptedGrpcServer.answer;
import static dev.tasker.client.ScriptedGrpcServer.broken;
import static dev.tasker.client.ScriptedGrpcServer.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.rpc.ErrorInfo;
import com.tasker.v1.CancelTaskResponse;
import com.tasker.v1.CreateTaskResponse;
import com.tasker.v1.GetTaskResponse;
import com.tasker.v1.ListStepsResponse;
import com.tasker.v1.StepUpdate;
import com.tasker.v1.TaskStatusUpdate;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is repeated over gRPC when something breaks, and what status means. */
@Timeout(60)
class GrpcRepetitionTest {
    private static final RetryPolicy QUICK = new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2));
    private static final UUID TASK = UUID.fromString("019cebab-8995-7d21-8f3e-6a1c2b9d4e50");
    private static final UUID STEP = UUID.fromString("019cebab-8995-7d21-8f3e-6a1c2b9d4e51");
    private static final CreateTask PLAIN = CreateTask.of("shop", "order", "1.0.0", Map.of());
    private static final Metadata.Key<com.google.rpc.Status> DETAILS = Metadata.Key.of(
            "grpc-status-details-bin", ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

    @Test
    void creationIsRepeatedUnderItsKeyAndNotWithoutOne() throws Exception {
        CreateTaskResponse created =
                CreateTaskResponse.newBuilder().setTask(task()).build();
        try (ScriptedGrpcServer server =
                        new ScriptedGrpcServer(broken(Status.INTERNAL), answer(created), broken(Status.INTERNAL));
                TaskerClient client = client(server.url())) {
            assertThat(client.tasks()
                            .create(PLAIN.withIdempotencyKey("order-42"))
                            .taskUuid())
                    .isEqualTo(TASK);
            assertThatThrownBy(() -> client.tasks().create(PLAIN)).isInstanceOf(TaskerException.Unavailable.class);

            assertThat(server.calls()).containsExactly("CreateTask order-42", "CreateTask order-42", "CreateTask");
            assertThatThrownBy(() -> client.tasks().create(PLAIN.withIdempotencyKey("Größe")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("printable ASCII");
        }
    }

    @Test
    void creationThatWasCertainlyNotBegunIsRepeatedAnyway() throws Exception {
        Metadata trailers = details("BACKPRESSURE");
        trailers.put(Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER), "0");
        try (ScriptedGrpcServer server = new ScriptedGrpcServer(
                        refusal(Status.UNAVAILABLE, trailers),
                        answer(CreateTaskResponse.newBuilder().setTask(task()).build()));
                TaskerClient client = client(server.url())) {
            client.tasks().create(PLAIN);
            assertThat(server.calls()).hasSize(2);
        }
    }

    @Test
    void cancellationWhoseAnswerWasLostIsASuccess() throws Exception {
        CancelTaskResponse refused = CancelTaskResponse.newBuilder()
                .setMessage("Task cannot be cancelled: Cannot cancel a completed task")
                .build();
        com.tasker.v1.Task cancelled = task().toBuilder()
                .setState(com.tasker.v1.TaskState.TASK_STATE_CANCELLED)
                .build();
        try (ScriptedGrpcServer server = new ScriptedGrpcServer(
                        broken(Status.UNAVAILABLE),
                        answer(refused),
                        answer(GetTaskResponse.newBuilder().setTask(cancelled).build()),
                        answer(refused));
                TaskerClient client = client(server.url())) {
            assertThat(client.tasks().cancel(TASK, null).status()).isEqualTo(TaskState.CANCELLED);
            assertThatThrownBy(() -> client.tasks().cancel(TASK, null))
                    .isInstanceOf(TaskerException.Validation.class)
                    .hasMessage("Cannot cancel a completed task");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT, '', 400, Validation",
        "INVALID_ARGUMENT, NOT_FOUND, 404, NotFound",
        "UNAUTHENTICATED, '', 401, Unauthorized",
        "PERMISSION_DENIED, '', 403, Forbidden",
        "NOT_FOUND, NOT_FOUND, 404, NotFound",
        "FAILED_PRECONDITION, CONFLICT, 409, Conflict",
        "ALREADY_EXISTS, '', 409, Conflict",
        "DEADLINE_EXCEEDED, TIMEOUT, 408, Timeout",
        "RESOURCE_EXHAUSTED, '', 503, Unavailable",
        "UNAVAILABLE, CIRCUIT_BREAKER_OPEN, 503, Unavailable",
        "UNAVAILABLE, BACKPRESSURE, 503, Backpressure",
        "UNIMPLEMENTED, '', 501, Unsupported",
        "INTERNAL, INTERNAL_ERROR, 500, Unavailable",
        "UNKNOWN, '', 500, Unavailable"
    })
    void statusIsTheKindAndTheNumberOfRest(Status.Code code, String reason, int status, String kind) throws Exception {
        Status told = Status.fromCode(code).withDescription("no");
        try (ScriptedGrpcServer server = new ScriptedGrpcServer(refusal(told, details(reason)));
                TaskerClient client =
                        TaskerClient.of(ClientConfig.of(server.url()).withRetries(RetryPolicy.NEVER))) {
            assertThatThrownBy(() -> client.tasks().get(TASK))
                    .isInstanceOfSatisfying(TaskerException.class, refused -> {
                        assertThat(refused.getClass().getSimpleName()).isEqualTo(kind);
                        assertThat(refused.status()).isEqualTo(status);
                        assertThat(refused.code()).isEqualTo(reason);
                    })
                    .hasMessage("no");
        }
    }

    @Test
    void serverThatIsNotThereIsOneSentence() throws Exception {
        URI nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("grpc://127.0.0.1:" + free.getLocalPort());
        }
        try (TaskerClient client = client(nobody)) {
            assertThatThrownBy(() -> client.tasks().create(PLAIN))
                    .isInstanceOfSatisfying(
                            TaskerException.Unavailable.class,
                            lost -> assertThat(lost.attempts())
                                    .as("never sent, so repeated even without a key")
                                    .isEqualTo(3))
                    .hasMessage("The server at " + nobody + " cannot be reached.");
        }
    }

    @Test
    void silenceEndsWithTheTimeLimit() throws Exception {
        try (ScriptedGrpcServer server = new ScriptedGrpcServer(_ -> {}, _ -> {});
                TaskerClient client = TaskerClient.of(
                        ClientConfig.of(server.url()).withRetries(QUICK).withTimeout(Duration.ofMillis(300)))) {
            assertThatThrownBy(() -> client.tasks().get(TASK))
                    .isInstanceOf(TaskerException.Timeout.class)
                    .hasMessageEndingWith("does not answer in time.");
        }
    }

    @Test
    void answersThatLackSomethingAndOtherServersAreNamed() throws Exception {
        try (ScriptedGrpcServer server = new ScriptedGrpcServer(answer(GetTaskResponse.getDefaultInstance()));
                TaskerClient client = client(server.url())) {
            assertThatThrownBy(() -> client.tasks().get(TASK))
                    .isInstanceOf(TaskerException.Protocol.class)
                    .hasMessageStartingWith("The answer is not what a Tasker server says: ");
        }
        try (ScriptedServer rest = new ScriptedServer();
                TaskerClient client =
                        TaskerClient.of(ClientConfig.of(rest.url()).withTransport(Transport.GRPC))) {
            assertThatThrownBy(() -> client.tasks().get(TASK)).isInstanceOf(TaskerException.class);
        }
    }

    @Test
    void brokenStreamIsTakenUpAgainAndNothingIsToldTwice() throws Exception {
        ListStepsResponse steps = ListStepsResponse.newBuilder()
                .addSteps(step("first", com.tasker.v1.StepState.STEP_STATE_COMPLETE, STEP, 15))
                .addSteps(step("old", com.tasker.v1.StepState.STEP_STATE_PENDING, TASK, 1))
                .build();
        try (ScriptedGrpcServer server = new ScriptedGrpcServer(
                        broken(
                                Status.UNAVAILABLE,
                                taskUpdate(com.tasker.v1.TaskState.TASK_STATE_STEPS_IN_PROCESS, 10),
                                stepUpdate(com.tasker.v1.StepState.STEP_STATE_IN_PROGRESS, 12)),
                        all(
                                taskUpdate(com.tasker.v1.TaskState.TASK_STATE_STEPS_IN_PROCESS, 10),
                                stepUpdate(com.tasker.v1.StepState.STEP_STATE_COMPLETE, 15),
                                taskUpdate(com.tasker.v1.TaskState.TASK_STATE_COMPLETE, 16)),
                        answer(steps));
                TaskerClient client = client(server.url());
                TaskEvents events = client.tasks().watch(TASK)) {
            List<String> told = new ArrayList<>();
            while (!events.ended()) {
                events.next(Duration.ofSeconds(20)).ifPresent(change -> told.add(change.name() + " " + change.state()));
            }
            assertThat(told)
                    .containsExactly("null steps_in_process", "first in_progress", "first complete", "null complete");
        }
    }

    @Test
    void streamOfAServerThatStaysAwayFails() throws Exception {
        try (ScriptedGrpcServer server = new ScriptedGrpcServer();
                TaskerClient client = client(server.url());
                TaskEvents events = client.tasks().watch(TASK)) {
            assertThatThrownBy(() -> events.next(Duration.ofSeconds(20)))
                    .isInstanceOf(TaskerException.Unavailable.class);
            assertThat(server.calls()).hasSize(3);
        }
    }

    @Test
    void transportsHaveSchemesOfTheirOwn() {
        assertThat(ClientConfig.of(URI.create("grpcs://host")).transport()).isEqualTo(Transport.GRPC);
        assertThat(ClientConfig.of(URI.create("https://host")).transport()).isEqualTo(Transport.REST);
        assertThatThrownBy(() -> ClientConfig.of(URI.create("grpc://host:1")).withTransport(Transport.REST))
                .hasMessageContaining("expected: http://host:port");
        assertThatThrownBy(() -> ClientConfig.of(URI.create("ftp://host:1")).withTransport(Transport.GRPC))
                .hasMessageContaining("expected: http://host:port");
    }

    private static TaskerClient client(URI server) {
        return TaskerClient.of(ClientConfig.of(server).withRetries(QUICK));
    }

    private static Metadata details(String reason) {
        Metadata trailers = new Metadata();
        trailers.put(
                DETAILS,
                com.google.rpc.Status.newBuilder()
                        .addDetails(Any.pack(
                                ErrorInfo.newBuilder().setReason(reason).build()))
                        .build());
        return trailers;
    }

    private static Timestamp at(long seconds) {
        return Timestamp.newBuilder().setSeconds(seconds).build();
    }

    private static com.tasker.v1.Task task() {
        return com.tasker.v1.Task.newBuilder()
                .setTaskUuid(TASK.toString())
                .setCorrelationId(TASK.toString())
                .setState(com.tasker.v1.TaskState.TASK_STATE_COMPLETE)
                .setCreatedAt(at(1))
                .setUpdatedAt(at(1))
                .setContext(Struct.getDefaultInstance())
                .build();
    }

    private static com.tasker.v1.Step step(String name, com.tasker.v1.StepState state, UUID uuid, long seconds) {
        return com.tasker.v1.Step.newBuilder()
                .setStepUuid(uuid.toString())
                .setTaskUuid(TASK.toString())
                .setName(name)
                .setState(state)
                .setCreatedAt(at(1))
                .setUpdatedAt(at(seconds))
                .build();
    }

    private static TaskStatusUpdate taskUpdate(com.tasker.v1.TaskState state, long seconds) {
        return TaskStatusUpdate.newBuilder()
                .setTimestamp(at(seconds))
                .setTaskState(state)
                .build();
    }

    private static TaskStatusUpdate stepUpdate(com.tasker.v1.StepState state, long seconds) {
        return TaskStatusUpdate.newBuilder()
                .setTimestamp(at(seconds))
                .setStepUpdate(StepUpdate.newBuilder()
                        .setStepUuid(STEP.toString())
                        .setName("first")
                        .setState(state))
                .build();
    }
}
