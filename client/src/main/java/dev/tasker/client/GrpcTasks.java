package dev.tasker.client;

import com.tasker.v1.CancelTaskRequest;
import com.tasker.v1.CancelTaskResponse;
import com.tasker.v1.CreateTaskRequest;
import com.tasker.v1.CreateTaskResponse;
import com.tasker.v1.GetTaskRequest;
import com.tasker.v1.GetTaskResponse;
import com.tasker.v1.GetTaskSummaryRequest;
import com.tasker.v1.ListTasksResponse;
import com.tasker.v1.TaskServiceGrpc;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Over gRPC. */
final class GrpcTasks implements Tasks {
    private static final Map<String, String> TASK_NAMES = Map.of("state", "status");
    private static final Map<String, String> STEP_NAMES =
            Map.of("step_uuid", "workflow_step_uuid", "state", "current_state");
    private static final String NOT_CANCELLABLE = "Task cannot be cancelled: ";

    private final GrpcCalls calls;

    GrpcTasks(GrpcCalls calls) {
        this.calls = calls;
    }

    @Override
    public Task create(CreateTask task) throws InterruptedException {
        CreateTaskRequest.Builder request = CreateTaskRequest.newBuilder()
                .setNamespace(task.namespace())
                .setName(task.name())
                .setVersion(task.version())
                .setContext(GrpcStructs.struct("context", task.context()))
                .setInitiator(task.initiator())
                .setSourceSystem(task.sourceSystem())
                .setReason(task.reason())
                .addAllTags(task.tags());
        if (task.priority() != null) {
            request.setPriority(task.priority());
        }
        if (task.correlationId() != null) {
            request.setCorrelationId(task.correlationId().toString());
        }
        if (task.parentCorrelationId() != null) {
            request.setParentCorrelationId(task.parentCorrelationId().toString());
        }
        // as metadata, where it makes a repetition a success; in the message it does not
        CreateTaskResponse created =
                calls.create(TaskServiceGrpc.getCreateTaskMethod(), request.build(), task.idempotencyKey());
        return task(created.getTask(), List.of());
    }

    @Override
    public Task get(UUID task) throws InterruptedException {
        GetTaskRequest request = GetTaskRequest.newBuilder()
                .setTaskUuid(task.toString())
                .setIncludeSteps(true)
                .build();
        GetTaskResponse found = calls.call(TaskServiceGrpc.getGetTaskMethod(), request, Manner.READ);
        return task(found.getTask(), found.getStepsList());
    }

    @Override
    public TaskPage list(TaskQuery query, int page, int perPage) throws InterruptedException {
        ListTasksResponse found =
                calls.call(TaskServiceGrpc.getListTasksMethod(), GrpcTaskQuery.read(query, page, perPage), Manner.READ);
        long total = found.getPagination().getTotal();
        return new TaskPage(
                found.getTasksList().stream().map(each -> task(each, List.of())).toList(),
                new TaskPage.Pagination(
                        (long) page,
                        (long) perPage,
                        total,
                        Math.ceilDiv(total, (long) perPage),
                        found.getPagination().getHasMore(),
                        page > 1,
                        null,
                        null,
                        null));
    }

    @Override
    public TaskPage after(TaskQuery query, @Nullable String cursor, int limit) {
        throw Refusal.unsupported(Transport.GRPC, "tasks are not listed by cursor");
    }

    @Override
    public Stream<Task> stream(TaskQuery query) {
        AtomicInteger page = new AtomicInteger();
        return TaskPages.stream(_ -> list(query, page.incrementAndGet(), TaskPages.PAGE));
    }

    @Override
    public Task cancel(UUID task, @Nullable String reason) throws InterruptedException {
        CancelTaskRequest.Builder request = CancelTaskRequest.newBuilder().setTaskUuid(task.toString());
        if (reason != null) {
            request.setReason(reason);
        }
        try {
            MethodDescriptor<CancelTaskRequest, CancelTaskResponse> method = TaskServiceGrpc.getCancelTaskMethod();
            return calls.repetition().call(method.getFullMethodName(), Manner.READ, (number, limit) -> {
                CancelTaskResponse answer = calls.once(method, request.build(), number, limit);
                if (!answer.getSuccess()) {
                    throw Refusal.invalid(answer.getMessage().replaceFirst("^" + NOT_CANCELLABLE, ""), number);
                }
                return task(answer.getTask(), List.of());
            });
        } catch (TaskerException.Validation e) {
            return LostCancellation.found(this, task, e);
        }
    }

    @Override
    public TaskSummary summary(UUID task) throws InterruptedException {
        GetTaskSummaryRequest request =
                GetTaskSummaryRequest.newBuilder().setTaskUuid(task.toString()).build();
        return GrpcJson.read(
                calls.call(TaskServiceGrpc.getGetTaskSummaryMethod(), request, Manner.READ),
                Map.of(),
                TaskSummary.class);
    }

    @Override
    public TaskExplanation why(UUID task) {
        throw Refusal.unsupported(Transport.GRPC, "tasks are not explained");
    }

    @Override
    public TaskTimeline timeline(UUID task) {
        throw Refusal.unsupported(Transport.GRPC, "history is not told");
    }

    @Override
    public Task await(UUID task, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Task found = get(task);
        while (!found.status().isResting() && deadline - System.nanoTime() > 0) {
            try (TaskEvents changes = new GrpcTaskEvents(calls, task, false)) {
                awaitRest(changes, deadline);
            }
            found = get(task);
        }
        return found;
    }

    private static void awaitRest(TaskEvents changes, long deadline) throws InterruptedException {
        boolean resting = false;
        while (!resting && !changes.ended() && deadline - System.nanoTime() > 0) {
            resting = changes.next(Duration.ofNanos(deadline - System.nanoTime()))
                    .map(change -> TaskState.of(change.state()).isResting())
                    .orElse(false);
        }
    }

    @Override
    public TaskEvents watch(UUID task) {
        return new GrpcTaskEvents(calls, task, true);
    }

    @Override
    public Task retry(UUID task, String reason) {
        throw Refusal.unsupported(Transport.GRPC, "tasks are not tried again; their steps are");
    }

    @Override
    public Task reopen(UUID task, String reason) {
        throw Refusal.unsupported(Transport.GRPC, "tasks are not put back to work");
    }

    @Override
    public BulkResult cancel(Selection tasks, @Nullable String reason, boolean dryRun) {
        throw Refusal.unsupported(Transport.GRPC, "tasks are cancelled one by one");
    }

    @Override
    public BulkResult retry(Selection tasks, @Nullable String reason, boolean dryRun) {
        throw Refusal.unsupported(Transport.GRPC, "tasks are not tried again; their steps are");
    }

    private static Task task(com.tasker.v1.Task message, List<com.tasker.v1.Step> steps) {
        ObjectNode tree = GrpcJson.tree(message, TASK_NAMES);
        ArrayNode readiness = tree.putArray("steps");
        steps.forEach(step -> readiness.add(GrpcJson.tree(step, STEP_NAMES)));
        return GrpcJson.read(tree, Task.class);
    }
}
