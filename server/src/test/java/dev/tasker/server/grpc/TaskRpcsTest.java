package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.tasker.v1.CancelTaskRequest;
import com.tasker.v1.CancelTaskResponse;
import com.tasker.v1.CreateTaskRequest;
import com.tasker.v1.CreateTaskResponse;
import com.tasker.v1.GetTaskContextRequest;
import com.tasker.v1.GetTaskRequest;
import com.tasker.v1.GetTaskResponse;
import com.tasker.v1.GetTaskSummaryRequest;
import com.tasker.v1.GetTaskSummaryResponse;
import com.tasker.v1.GetTemplateRequest;
import com.tasker.v1.ListTasksRequest;
import com.tasker.v1.ListTasksResponse;
import com.tasker.v1.PaginationRequest;
import com.tasker.v1.SortDirection;
import com.tasker.v1.SortSpec;
import com.tasker.v1.Step;
import com.tasker.v1.StepState;
import com.tasker.v1.StepUpdate;
import com.tasker.v1.StreamTaskStatusRequest;
import com.tasker.v1.Task;
import com.tasker.v1.TaskState;
import com.tasker.v1.TaskStatusUpdate;
import com.tasker.v1.TaskStatusUpdate.UpdateType;
import com.tasker.v1.TaskSummaryTemplateStep;
import com.tasker.v1.TimestampRange;
import dev.tasker.server.rest.ApiScene;
import dev.tasker.testkit.HandDrivenWorker;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code TaskService} of a real server, steps worked by hand. */
@TestInstance(Lifecycle.PER_CLASS)
class TaskRpcsTest {
    private GrpcScene scene;

    @BeforeAll
    void start(@TempDir Path folder) {
        scene = GrpcScene.start(folder);
    }

    @AfterAll
    void stop() {
        scene.close();
    }

    @Test
    void createdTaskHasTheDefaultsOfGrpcAndIsFoundAgain() {
        String template = scene.rest().register();

        CreateTaskResponse created =
                scene.tasks().createTask(scene.request(template).build());
        Task task = created.getTask();
        GetTaskResponse found = scene.tasks().getTask(get(task));

        assertThat(created.hasBackpressure()).isFalse();
        assertThat(task.getState()).isEqualTo(TaskState.TASK_STATE_STEPS_IN_PROCESS);
        assertThat(task.getInitiator()).isEqualTo("grpc");
        assertThat(task.getSourceSystem()).isEqualTo("tasker-core");
        assertThat(task.getReason()).isEqualTo("Task created via gRPC");
        assertThat(task.getPriority()).isZero();
        assertThat(UUID.fromString(task.getCorrelationId())).isNotNull();
        assertThat(task.hasParentCorrelationId()).isFalse();
        assertThat(task.getTotalSteps()).isEqualTo(2);
        assertThat(task.getCreatedAt().getSeconds()).isPositive();
        assertThat(found.getTask()).isEqualTo(task);
        assertThat(found.getStepsList()).isEmpty();
        assertThat(found.hasContext()).isFalse();
    }

    @Test
    void everythingSaidAtCreationIsHonoured() {
        String correlation = UUID.randomUUID().toString();
        String parent = UUID.randomUUID().toString();

        Task task = scene.tasks()
                .createTask(scene.request(scene.rest().register())
                        .setCorrelationId(correlation)
                        .setParentCorrelationId(parent)
                        .setInitiator("me")
                        .setSourceSystem("shop")
                        .setReason("because")
                        .setPriority(7)
                        .addTags("eu")
                        .addTags("b2b")
                        .build())
                .getTask();

        assertThat(task.getCorrelationId()).isEqualTo(correlation);
        assertThat(task.getParentCorrelationId()).isEqualTo(parent);
        assertThat(task.getInitiator()).isEqualTo("me");
        assertThat(task.getSourceSystem()).isEqualTo("shop");
        assertThat(task.getReason()).isEqualTo("because");
        assertThat(task.getPriority()).isEqualTo(7);
        assertThat(task.getTagsList()).containsExactly("eu", "b2b");
    }

    @Test
    void samePayloadOverRestIsTheSameTask() throws Exception {
        String template = scene.rest().register();
        Struct context = Struct.newBuilder()
                .putFields("whole", GrpcScene.number(1_234_567_890_123.0))
                .putFields("part", GrpcScene.number(1.5))
                .putFields(
                        "list",
                        Value.newBuilder()
                                .setListValue(ListValue.newBuilder().addValues(GrpcScene.number(-3)))
                                .build())
                .build();
        Task task = scene.tasks()
                .createTask(scene.request(template).setContext(context).build())
                .getTask();

        JsonNode stored = scene.rest().client().read("/v1/tasks/" + task.getTaskUuid());
        var again = scene.rest().request(template);
        again.putObject("context")
                .put("whole", 1_234_567_890_123L)
                .put("part", 1.5)
                .putArray("list")
                .add(-3);

        assertThat(stored.get("context").get("whole").isIntegralNumber()).isTrue();
        assertThat(stored.get("context").get("list").get(0).toString()).isEqualTo("-3");
        assertThat(task.getContext()).isEqualTo(context);
        assertThat(scene.rest()
                        .client()
                        .send("POST", "/v1/tasks", again.toString())
                        .statusCode())
                .isEqualTo(409);
    }

    @Test
    void equalIdentityIsADuplicateUnlessItsKeyComesInMetadata() {
        String template = scene.rest().register();
        CreateTaskRequest request =
                scene.request(template).setIdempotencyKey("order-1").build();
        Task first = scene.tasks().createTask(request).getTask();

        StatusRuntimeException duplicate = GrpcScene.failure(() -> scene.tasks().createTask(request));
        Metadata key = new Metadata();
        key.put(RequestScope.IDEMPOTENCY_KEY, "order-1");
        AtomicReference<Metadata> headers = new AtomicReference<>();
        Task replayed = scene.tasks()
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(key),
                        MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
                .createTask(scene.request(template).build())
                .getTask();

        assertThat(duplicate.getStatus().getCode()).isEqualTo(Code.ALREADY_EXISTS);
        assertThat(duplicate.getStatus().getDescription()).startsWith("Duplicate task: ");
        assertThat(GrpcScene.details(duplicate).getMetadataMap()).containsEntry("task_uuid", first.getTaskUuid());
        assertThat(replayed.getTaskUuid()).isEqualTo(first.getTaskUuid());
        assertThat(headers.get().get(RequestScope.REPLAYED)).isEqualTo("true");
        assertThat(GrpcScene.refusal(() -> scene.tasks()
                                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(key))
                                .createTask(scene.request(template)
                                        .setIdempotencyKey("order-2")
                                        .build()))
                        .getDescription())
                .startsWith("Validation error: idempotency_key: differs");
    }

    @Test
    void stepsAndContextComeWithATaskWhenAskedFor() {
        String template = scene.rest().register();
        Task task = scene.create(template);
        finishFirst(template, "{\"total\":12,\"number\":\"mine\"}");

        GetTaskResponse found = scene.tasks()
                .getTask(get(task).toBuilder()
                        .setIncludeSteps(true)
                        .setIncludeContext(true)
                        .build());

        assertThat(found.getStepsList()).extracting(Step::getName).containsExactly("first", "second");
        assertThat(found.getSteps(0).getState()).isEqualTo(StepState.STEP_STATE_COMPLETE);
        assertThat(found.getContext().getInputs()).isEqualTo(task.getContext());
        Value output = found.getContext().getOutputs().getFieldsOrThrow("first");
        assertThat(output.getStructValue().getFieldsOrThrow("total").getNumberValue())
                .isEqualTo(12);
        assertThat(found.getContext().getMerged().getFieldsMap())
                .containsEntry("first", output)
                .containsAllEntriesOf(task.getContext().getFieldsMap());
        assertThat(scene.tasks()
                        .getTaskContext(GetTaskContextRequest.newBuilder()
                                .setTaskUuid(task.getTaskUuid())
                                .build())
                        .getContext())
                .isEqualTo(found.getContext());
    }

    @Test
    void listFiltersAndKeepsExactOffsets() {
        String template = scene.rest().register();
        Task first = scene.tasks()
                .createTask(
                        scene.request(template).setInitiator("one").addTags("x").build())
                .getTask();
        Task second = scene.create(template);
        Task third = scene.create(template);
        cancel(third, null);

        ListTasksResponse page = scene.tasks().listTasks(list(template, 1, 1).build());
        ListTasksResponse all = scene.tasks()
                .listTasks(ListTasksRequest.newBuilder().setName(template).build());

        assertThat(uuids(page)).containsExactly(second.getTaskUuid());
        assertThat(page.getPagination().getTotal()).isEqualTo(3);
        assertThat(page.getPagination().getCount()).isEqualTo(1);
        assertThat(page.getPagination().getOffset()).isEqualTo(1);
        assertThat(page.getPagination().getHasMore()).isTrue();
        assertThat(uuids(all)).containsExactly(third.getTaskUuid(), second.getTaskUuid(), first.getTaskUuid());
        assertThat(all.getTasks(0).getState()).isEqualTo(TaskState.TASK_STATE_CANCELLED);
        assertThat(all.getPagination().getHasMore()).isFalse();
        assertThat(listed(list(template, 10, 0)
                        .addStates(TaskState.TASK_STATE_CANCELLED)
                        .addStates(TaskState.TASK_STATE_COMPLETE)))
                .containsExactly(third.getTaskUuid());
        assertThat(listed(list(template, 10, 0).setInitiator("one"))).containsExactly(first.getTaskUuid());
        assertThat(listed(list(template, 10, 0).addTags("x"))).containsExactly(first.getTaskUuid());
        assertThat(listed(list(template, 10, 0).setNamespace("nowhere"))).isEmpty();
        assertThat(listed(list(template, 10, 0)
                        .setCreatedAt(TimestampRange.newBuilder()
                                .setStart(Fields.time(Instant.now().plusSeconds(3_600))))))
                .isEmpty();
        assertThat(listed(list(template, 10, 0)
                        .setCreatedAt(TimestampRange.newBuilder()
                                .setEnd(Fields.time(Instant.now().plusSeconds(3_600))))))
                .hasSize(3);
    }

    @Test
    void listIsSortedAndAllTagsMustMatch() {
        String template = scene.rest().register();
        Task low = scene.tasks()
                .createTask(scene.request(template)
                        .setPriority(-5)
                        .addTags("x")
                        .addTags("y")
                        .build())
                .getTask();
        Task high = scene.tasks()
                .createTask(scene.request(template).setPriority(9).addTags("x").build())
                .getTask();
        Task middle = scene.create(template);
        cancel(low, null);

        assertThat(sorted(template, "priority", SortDirection.SORT_DIRECTION_UNSPECIFIED))
                .containsExactly(high.getTaskUuid(), middle.getTaskUuid(), low.getTaskUuid());
        assertThat(sorted(template, "priority", SortDirection.SORT_DIRECTION_ASC))
                .containsExactly(low.getTaskUuid(), middle.getTaskUuid(), high.getTaskUuid());
        assertThat(sorted(template, "created_at", SortDirection.SORT_DIRECTION_ASC))
                .containsExactly(low.getTaskUuid(), high.getTaskUuid(), middle.getTaskUuid());
        assertThat(sorted(template, "", SortDirection.SORT_DIRECTION_DESC))
                .containsExactly(middle.getTaskUuid(), high.getTaskUuid(), low.getTaskUuid());
        assertThat(sorted(template, "updated_at", SortDirection.SORT_DIRECTION_DESC))
                .startsWith(low.getTaskUuid());
        assertThat(sorted(template, "name", SortDirection.SORT_DIRECTION_ASC))
                .as("equals stand newest first")
                .containsExactly(middle.getTaskUuid(), high.getTaskUuid(), low.getTaskUuid());
        ListTasksResponse second = scene.tasks()
                .listTasks(list(template, 1, 1)
                        .setSort(SortSpec.newBuilder().setField("priority"))
                        .build());
        assertThat(uuids(second)).containsExactly(middle.getTaskUuid());
        assertThat(second.getPagination().getTotal()).isEqualTo(3);
        assertThat(listed(list(template, 10, 0).addTags("x").addTags("y"))).containsExactly(low.getTaskUuid());
        assertThat(GrpcScene.refusal(() -> sorted(template, "colour", SortDirection.SORT_DIRECTION_ASC))
                        .getDescription())
                .startsWith("Validation error: sort.field: colour");
    }

    private List<String> sorted(String template, String field, SortDirection direction) {
        return listed(list(template, 10, 0)
                .setSort(SortSpec.newBuilder().setField(field).setDirection(direction)));
    }

    @Test
    void requestIdIsEchoedOrMade() {
        assertThat(requestId("mine-1")).isEqualTo("mine-1");
        assertThat(requestId("not well-formed")).matches("[0-9a-f-]{36}");
    }

    private @Nullable String requestId(String sent) {
        Metadata header = new Metadata();
        header.put(RequestScope.REQUEST_ID, sent);
        AtomicReference<Metadata> headers = new AtomicReference<>();
        scene.tasks()
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(header),
                        MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
                .listTasks(ListTasksRequest.getDefaultInstance());
        return headers.get().get(RequestScope.REQUEST_ID);
    }

    @Test
    void textsThatTheDatabaseCannotHoldAreRefusedNotFailures() {
        for (ListTasksRequest.Builder request : List.of(
                list("a\u0000b", 1, 0),
                list("any", 1, 0).setNamespace("\u0000"),
                list("any", 1, 0).setInitiator("\u0000"),
                list("any", 1, 0).addTags("\u0000"))) {
            assertThat(GrpcScene.refusal(() -> scene.tasks().listTasks(request.build()))
                            .getCode())
                    .isEqualTo(Code.INVALID_ARGUMENT);
        }
        assertThat(GrpcScene.refusal(() -> scene.templates()
                                .getTemplate(GetTemplateRequest.newBuilder()
                                        .setNamespace("\u0000")
                                        .setName("\u0000")
                                        .setVersion("\u0000")
                                        .build()))
                        .getCode())
                .isIn(Code.INVALID_ARGUMENT, Code.NOT_FOUND);
        assertThat(GrpcScene.refusal(() -> cancel(scene.create(scene.rest().register()), "\u0000"))
                        .getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void limitsOutOfBoundsAreRefused() {
        for (int limit : new int[] {0, -1, 101}) {
            Status refusal = GrpcScene.refusal(
                    () -> scene.tasks().listTasks(list("any", limit, 0).build()));
            assertThat(refusal.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
            assertThat(refusal.getDescription()).isEqualTo("Validation error: per_page must be between 1 and 100");
        }
        assertThat(GrpcScene.refusal(
                                () -> scene.tasks().listTasks(list("any", 1, -1).build()))
                        .getDescription())
                .isEqualTo("Validation error: offset must not be negative");
        assertThat(GrpcScene.refusal(() -> scene.tasks()
                                .listTasks(list("any", 1, 0).addStatesValue(77).build()))
                        .getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void cancellingTwiceIsNoErrorButNoSuccess() throws Exception {
        String template = scene.rest().register();
        Task task = scene.create(template);

        CancelTaskResponse first = cancel(task, "enough");
        CancelTaskResponse second = cancel(task, null);

        assertThat(first.getSuccess()).isTrue();
        assertThat(first.getTask().getState()).isEqualTo(TaskState.TASK_STATE_CANCELLED);
        assertThat(second.getSuccess()).isFalse();
        assertThat(second.hasTask()).isFalse();
        assertThat(second.getMessage()).isEqualTo("Task cannot be cancelled: Cannot cancel a completed task");
        assertThat(scene.rest()
                        .client()
                        .read("/v1/tasks/" + task.getTaskUuid() + "/timeline")
                        .toString())
                .contains("enough");
        String unknown = UUID.randomUUID().toString();
        Status refusal = GrpcScene.refusal(() -> scene.tasks()
                .cancelTask(CancelTaskRequest.newBuilder().setTaskUuid(unknown).build()));
        assertThat(refusal.getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(refusal.getDescription()).isEqualTo("Task not found: " + unknown);
    }

    @Test
    void summaryHasAllItsParts() throws Exception {
        String template = scene.rest().register();
        Task task = scene.create(template);
        try (HandDrivenWorker worker = scene.rest().worker(template)) {
            ApiScene.exhaust(worker);
        }

        GetTaskSummaryResponse summary = scene.tasks()
                .getTaskSummary(GetTaskSummaryRequest.newBuilder()
                        .setTaskUuid(task.getTaskUuid())
                        .build());

        assertThat(summary.getTask().getStatus()).isEqualTo("blocked_by_failures");
        assertThat(summary.getTask().getCreatedAt()).matches("[^ ]{19}\\.\\d{6}Z");
        assertThat(summary.getTask().getCorrelationId()).isEqualTo(task.getCorrelationId());
        assertThat(summary.getTemplate().getStepsList())
                .extracting(TaskSummaryTemplateStep::getName)
                .containsExactly("first", "second");
        assertThat(summary.getTemplate().getSteps(1).getDependenciesList()).containsExactly("first");
        assertThat(summary.getSteps(0).getError().getRetryable()).isTrue();
        assertThat(summary.getSteps(1).hasError()).isFalse();
        assertThat(summary.hasDlq()).isTrue();
        assertThat(summary.getDlq().getInDlq()).isFalse();
        assertThat(summary.getLinks().getSteps()).isEqualTo("/v1/tasks/" + task.getTaskUuid() + "/workflow_steps");
    }

    @Test
    void streamTellsStateAtOnceThenChangesThenEnds() throws Exception {
        String template = scene.rest().register();
        Task task = scene.create(template);
        Iterator<TaskStatusUpdate> updates = stream(task, true);

        TaskStatusUpdate now = updates.next();
        try (HandDrivenWorker worker = scene.rest().worker(template)) {
            succeed(worker, "first", "1");
            succeed(worker, "second", "2");
        }
        List<TaskStatusUpdate> rest = new ArrayList<>();
        updates.forEachRemaining(rest::add);

        assertThat(now.getUpdateType()).isEqualTo(UpdateType.UPDATE_TYPE_TASK_STATE_CHANGE);
        assertThat(now.getTaskState()).isEqualTo(TaskState.TASK_STATE_STEPS_IN_PROCESS);
        assertThat(now.getTimestamp().getSeconds()).isPositive();
        TaskStatusUpdate last = rest.getLast();
        assertThat(last.getUpdateType()).isEqualTo(UpdateType.UPDATE_TYPE_TASK_COMPLETE);
        assertThat(last.getTaskState()).isEqualTo(TaskState.TASK_STATE_COMPLETE);
        assertThat(rest)
                .filteredOn(update -> update.getUpdateType() == UpdateType.UPDATE_TYPE_STEP_STATE_CHANGE)
                .extracting(TaskStatusUpdate::getStepUpdate)
                .extracting(StepUpdate::getName, StepUpdate::getState, StepUpdate::getAttempt)
                .contains(
                        tuple("first", StepState.STEP_STATE_COMPLETE, 1),
                        tuple("second", StepState.STEP_STATE_COMPLETE, 1));
    }

    @Test
    void streamEndsAtEveryTerminalState() throws Exception {
        Task cancelled = scene.create(scene.rest().register());
        Iterator<TaskStatusUpdate> updates = stream(cancelled, false);
        assertThat(updates.next().getTaskState()).isEqualTo(TaskState.TASK_STATE_STEPS_IN_PROCESS);
        cancel(cancelled, null);
        assertThat(updates.next().getTaskState()).isEqualTo(TaskState.TASK_STATE_CANCELLED);
        assertThat(updates.hasNext()).isFalse();

        Iterator<TaskStatusUpdate> after = stream(cancelled, true);
        assertThat(after.next().getTaskState()).isEqualTo(TaskState.TASK_STATE_CANCELLED);
        assertThat(after.hasNext()).isFalse();

        Iterator<TaskStatusUpdate> unknown = scene.tasks()
                .streamTaskStatus(StreamTaskStatusRequest.newBuilder()
                        .setTaskUuid(UUID.randomUUID().toString())
                        .build());
        assertThat(GrpcScene.refusal(unknown::hasNext).getCode()).isEqualTo(Code.NOT_FOUND);
    }

    private void finishFirst(String template, String result) {
        try (HandDrivenWorker worker = scene.rest().worker(template)) {
            succeed(worker, "first", result);
        }
    }

    private static void succeed(HandDrivenWorker worker, String step, String result) {
        worker.succeed(worker.next(step), result);
    }

    private Iterator<TaskStatusUpdate> stream(Task task, boolean steps) {
        return scene.tasks()
                .streamTaskStatus(StreamTaskStatusRequest.newBuilder()
                        .setTaskUuid(task.getTaskUuid())
                        .setIncludeSteps(steps)
                        .build());
    }

    private CancelTaskResponse cancel(Task task, @Nullable String reason) {
        CancelTaskRequest.Builder request = CancelTaskRequest.newBuilder().setTaskUuid(task.getTaskUuid());
        if (reason != null) {
            request.setReason(reason);
        }
        return scene.tasks().cancelTask(request.build());
    }

    private List<String> listed(ListTasksRequest.Builder request) {
        return uuids(scene.tasks().listTasks(request.build()));
    }

    private static List<String> uuids(ListTasksResponse page) {
        return page.getTasksList().stream().map(Task::getTaskUuid).toList();
    }

    private static ListTasksRequest.Builder list(String template, int limit, int offset) {
        return ListTasksRequest.newBuilder()
                .setName(template)
                .setPagination(PaginationRequest.newBuilder().setLimit(limit).setOffset(offset));
    }

    private static GetTaskRequest get(Task task) {
        return GetTaskRequest.newBuilder().setTaskUuid(task.getTaskUuid()).build();
    }
}
