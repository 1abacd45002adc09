package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import com.tasker.v1.AnalyticsServiceGrpc;
import com.tasker.v1.CancelTaskRequest;
import com.tasker.v1.CreateTaskRequest;
import com.tasker.v1.GetPerformanceMetricsRequest;
import com.tasker.v1.GetTaskRequest;
import com.tasker.v1.HealthRequest;
import com.tasker.v1.HealthServiceGrpc;
import com.tasker.v1.ListTasksRequest;
import com.tasker.v1.ReadinessRequest;
import com.tasker.v1.StreamTaskStatusRequest;
import com.tasker.v1.TaskServiceGrpc;
import com.tasker.v1.TaskServiceGrpc.TaskServiceBlockingStub;
import com.tasker.v1.TimestampRange;
import dev.tasker.engine.ContextFault;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.server.api.Fault;
import dev.tasker.server.api.RefusedOperationException;
import dev.tasker.server.health.OperationalState;
import dev.tasker.server.rest.ApiScene;
import dev.tasker.server.security.Authenticator;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which status callers get for what cannot be done, and for what no decent client would send (03 §2.5). */
@TestInstance(Lifecycle.PER_CLASS)
class GrpcRefusalTest {
    private static final Refusals REFUSALS = Refusals.of("the task", "the step");

    private OpenServices open;

    @BeforeAll
    void start(@TempDir Path folder) {
        open = OpenServices.start(folder, Authenticator.DISABLED);
        open.server().register("refusals.yaml", ApiScene.template("refusals"));
    }

    @AfterAll
    void stop() {
        open.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        INVALID            | INVALID_ARGUMENT    | Validation error: why
        TASK_UNKNOWN       | NOT_FOUND           | Task not found: the task
        STEP_UNKNOWN       | NOT_FOUND           | Step not found: the step
        STEP_OF_OTHER_TASK | INVALID_ARGUMENT    | Step does not belong to task
        TEMPLATE_UNKNOWN   | NOT_FOUND           | why
        LETTER_UNKNOWN     | NOT_FOUND           | why
        NOT_CANCELLABLE    | INVALID_ARGUMENT    | Invalid state transition: why
        ACTION_REFUSED     | INVALID_ARGUMENT    | Invalid state transition: why
        CONFLICT           | FAILED_PRECONDITION | why
        IDENTITY_TAKEN     | ALREADY_EXISTS      | Duplicate task: why
        BACKPRESSURE       | UNAVAILABLE         | Backpressure active: why
        DATABASE_SUSPENDED | UNAVAILABLE         | Circuit breaker open
        REPORTS_SUSPENDED  | UNAVAILABLE         | Circuit breaker open
        """)
    void everyFaultHasItsStatus(Fault fault, Code code, String description) {
        StatusRuntimeException refusal = REFUSALS.of(new RefusedOperationException(fault, "why"));

        assertThat(refusal.getStatus().getCode()).isEqualTo(code);
        assertThat(refusal.getStatus().getDescription()).isEqualTo(description);
        assertThat(GrpcScene.details(refusal).getDomain()).isEqualTo("tasker");
    }

    @ParameterizedTest
    @EnumSource
    void everyFaultIsInTheTable(Fault fault) {
        assertThat(REFUSALS.of(new RefusedOperationException(fault, "why"))
                        .getStatus()
                        .getCode())
                .isNotIn(Code.OK, Code.UNKNOWN, Code.INTERNAL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        INVALID_REQUEST      | INVALID_ARGUMENT    | Validation error: why
        SWITCHED_OFF         | INVALID_ARGUMENT    | Validation error: why
        INVALID_TEMPLATE     | INVALID_ARGUMENT    | Invalid configuration: why
        TEMPLATE_NOT_FOUND   | INVALID_ARGUMENT    | why
        TEMPLATE_CHANGED     | FAILED_PRECONDITION | why
        OVERLOADED           | UNAVAILABLE         | Backpressure active: why
        DATABASE_UNAVAILABLE | UNAVAILABLE         | Service temporarily unavailable
        CLOSED               | UNAVAILABLE         | Service temporarily unavailable
        INTERNAL             | INTERNAL            | Internal server error
        """)
    void everyCodeOfTheEngineHasItsStatus(ErrorCode code, Code expected, String description) {
        Status status = REFUSALS.of(new EngineException(code, "why")).getStatus();

        assertThat(status.getCode()).isEqualTo(expected);
        assertThat(status.getDescription()).isEqualTo(description);
        assertThat(status.getCause()).isNull();
    }

    @Test
    void faultsOfAContextAreInTheDetails() throws Exception {
        StatusRuntimeException refusal = REFUSALS.of(EngineException.contextRefused(
                List.of(new ContextFault("/grams", "minimum", "must have a minimum value of 1"))));

        assertThat(refusal.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refusal.getStatus().getDescription())
                .isEqualTo("Validation error: context: /grams must have a minimum value of 1 (expected: what the"
                        + " template's input_schema admits)");
        BadRequest.FieldViolation violation = GrpcScene.trailer(refusal, Refusals.DETAILS)
                .getDetails(1)
                .unpack(BadRequest.class)
                .getFieldViolations(0);
        assertThat(violation.getField()).isEqualTo("context/grams");
        assertThat(violation.getDescription()).isEqualTo("minimum: must have a minimum value of 1");
    }

    @Test
    void whatNobodyForesawTellsNothingOfItsInside() {
        Status status = Calls.status(
                        new IllegalStateException("password=1"), Refusals.failing("Failed to list DLQ entries"))
                .getStatus();

        assertThat(status.getCode()).isEqualTo(Code.INTERNAL);
        assertThat(status.getDescription()).isEqualTo("Failed to list DLQ entries");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc",
                "0199a2b0-8d2f-7c3a-8e41-5d0a3c9b7f1g",
                "' OR 1=1 --",
                "../../etc/passwd",
                "\u0000",
                "٣"
            })
    void whatIsNoUuidIsInvalid(String text) {
        Status status = GrpcScene.refusal(() -> tasks().getTask(get(text)));

        assertThat(status.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).startsWith("Invalid UUID: ");
    }

    @Test
    void hugeTextsAreRefusedInFewWords() {
        String huge = "€".repeat(1_000_000);

        Status uuid = GrpcScene.refusal(() -> tasks().getTask(get(huge)));
        Status name = GrpcScene.refusal(
                () -> tasks().createTask(create().setName(huge).build()));
        Status template = GrpcScene.refusal(
                () -> tasks().createTask(create().setName("n".repeat(64)).build()));
        Status reason = GrpcScene.refusal(
                () -> tasks().createTask(create().setReason(huge).build()));

        assertThat(uuid.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(uuid.getDescription()).hasSizeLessThan(300);
        assertThat(name.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(template.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(template.getDescription()).startsWith("Template not found: api_test/nnn");
        assertThat(reason.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(tasks().listTasks(ListTasksRequest.newBuilder().setName(huge).build())
                        .getTasksCount())
                .isZero();
    }

    @Test
    void creationsThatMakeNoSenseAreInvalid() {
        Struct infinite = GrpcScene.struct("x", Double.POSITIVE_INFINITY);
        Struct tooLong = Struct.newBuilder()
                .putFields("x", GrpcScene.text("y".repeat(10_001)))
                .build();

        assertInvalid(CreateTaskRequest.newBuilder(), "Validation error: ");
        assertInvalid(create().setNamespace(""), "Validation error: Namespace cannot be empty");
        assertInvalid(create().setVersion(""), "Validation error: Version cannot be empty");
        assertInvalid(create().setCorrelationId("no-uuid"), "Invalid UUID: no-uuid");
        assertInvalid(create().setParentCorrelationId(""), "Invalid UUID: (empty)");
        assertInvalid(create().setPriority(101), "Validation error: priority");
        assertInvalid(create().setContext(infinite), "Validation error: context: Infinity");
        assertInvalid(create().setContext(tooLong), "Validation error: ");
        assertInvalid(create().setContext(deep(12)), "Validation error: ");
    }

    @Test
    void contextNestedBeyondWhatProtobufReadsBreaksNothing() {
        Status status = GrpcScene.refusal(
                () -> tasks().createTask(create().setContext(deep(200)).build()));

        assertThat(status.getCode()).isNotIn(Code.OK, Code.DEADLINE_EXCEEDED);
        assertThat(tasks().createTask(create().setContext(deep(5)).build()).hasTask())
                .isTrue();
    }

    @Test
    void timesThatDoNotExistAreInvalid() {
        Status status = GrpcScene.refusal(() -> tasks().listTasks(ListTasksRequest.newBuilder()
                .setCreatedAt(TimestampRange.newBuilder()
                        .setStart(com.google.protobuf.Timestamp.newBuilder().setSeconds(Long.MAX_VALUE)))
                .build()));

        assertThat(status.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void emptyMessagesAreAnsweredBySpecifiedStatuses() {
        assertThat(GrpcScene.refusal(() -> tasks().getTask(GetTaskRequest.getDefaultInstance()))
                        .getDescription())
                .startsWith("Invalid UUID: (empty)");
        assertThat(GrpcScene.refusal(() -> tasks().cancelTask(CancelTaskRequest.getDefaultInstance()))
                        .getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(GrpcScene.refusal(() -> tasks().streamTaskStatus(StreamTaskStatusRequest.getDefaultInstance())
                                .hasNext())
                        .getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(tasks().listTasks(ListTasksRequest.getDefaultInstance()).hasPagination())
                .isTrue();
    }

    @Test
    void fullLanesRefuseNewTasksOnlyAndSayWhenToComeBack() throws Exception {
        open.fillLanes(5_000);
        StatusRuntimeException refusal = GrpcScene.failure(() -> tasks().createTask(create().build()));
        assertThat(tasks().listTasks(ListTasksRequest.getDefaultInstance()).hasPagination())
                .isTrue();
        open.fillLanes(0);

        assertThat(refusal.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(refusal.getStatus().getDescription())
                .isEqualTo(
                        "Backpressure active: Queue 'orchestration_task_requests' at critical depth (5000 messages)");
        assertThat(GrpcScene.trailer(refusal, Refusals.RETRY_AFTER)).isEqualTo("30");
        assertThat(GrpcScene.trailer(refusal, Refusals.DETAILS)
                        .getDetails(1)
                        .unpack(RetryInfo.class)
                        .getRetryDelay()
                        .getSeconds())
                .isEqualTo(30);
        assertThat(tasks().createTask(create().build()).hasTask()).isTrue();
    }

    @Test
    void nodeThatStartsOrStopsAnswersProbesOnly() {
        open.health().become(OperationalState.STARTUP);
        Status read =
                GrpcScene.refusal(() -> tasks().getTask(get(UUID.randomUUID().toString())));
        Status stream = GrpcScene.refusal(() -> tasks().streamTaskStatus(StreamTaskStatusRequest.newBuilder()
                        .setTaskUuid(UUID.randomUUID().toString())
                        .build())
                .hasNext());
        String word = health().checkHealth(HealthRequest.getDefaultInstance()).getStatus();
        Status ready = GrpcScene.refusal(() -> health().checkReadiness(ReadinessRequest.getDefaultInstance()));
        open.health().become(OperationalState.NORMAL);

        assertThat(read.getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(stream.getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(word).isEqualTo("healthy");
        assertThat(ready.getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(ready.getDescription()).isEqualTo("Service is not ready");
        assertThat(health().checkReadiness(ReadinessRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo("ready");
    }

    @Test
    void readinessFailsWithTheDatabaseAndRecovers() {
        open.loseDatabase(true);
        Status lost = GrpcScene.refusal(() -> health().checkReadiness(ReadinessRequest.getDefaultInstance()));
        open.loseDatabase(false);

        assertThat(lost.getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(health().checkReadiness(ReadinessRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo("ready");
    }

    @Test
    void reportsOutOfBoundsAreRefused() {
        for (int hours : new int[] {-1, 721}) {
            assertThat(GrpcScene.refusal(() -> AnalyticsServiceGrpc.newBlockingStub(open.channel())
                                    .getPerformanceMetrics(GetPerformanceMetricsRequest.newBuilder()
                                            .setHours(hours)
                                            .build()))
                            .getCode())
                    .isEqualTo(Code.INVALID_ARGUMENT);
        }
    }

    private void assertInvalid(CreateTaskRequest.Builder request, String description) {
        Status status = GrpcScene.refusal(() -> tasks().createTask(request.build()));
        assertThat(status.getCode()).as(description).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).startsWith(description);
    }

    private static CreateTaskRequest.Builder create() {
        return CreateTaskRequest.newBuilder()
                .setName("refusals")
                .setNamespace("api_test")
                .setVersion("1.0.0")
                .setContext(Struct.newBuilder()
                        .putFields("id", GrpcScene.text(UUID.randomUUID().toString())));
    }

    private static Struct deep(int levels) {
        Value value = GrpcScene.text(UUID.randomUUID().toString());
        for (int i = 1; i < levels; i++) {
            value = Value.newBuilder()
                    .setListValue(ListValue.newBuilder().addValues(value))
                    .build();
        }
        return Struct.newBuilder().putAllFields(Map.of("x", value)).build();
    }

    private static GetTaskRequest get(String uuid) {
        return GetTaskRequest.newBuilder().setTaskUuid(uuid).build();
    }

    private TaskServiceBlockingStub tasks() {
        return TaskServiceGrpc.newBlockingStub(open.channel()).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private HealthServiceGrpc.HealthServiceBlockingStub health() {
        return HealthServiceGrpc.newBlockingStub(open.channel()).withDeadlineAfter(30, TimeUnit.SECONDS);
    }
}
