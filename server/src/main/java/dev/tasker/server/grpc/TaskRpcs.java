package dev.tasker.server.grpc;

import com.tasker.v1.CancelTaskRequest;
import com.tasker.v1.CancelTaskResponse;
import com.tasker.v1.CreateTaskRequest;
import com.tasker.v1.CreateTaskResponse;
import com.tasker.v1.GetTaskContextRequest;
import com.tasker.v1.GetTaskContextResponse;
import com.tasker.v1.GetTaskRequest;
import com.tasker.v1.GetTaskResponse;
import com.tasker.v1.GetTaskSummaryRequest;
import com.tasker.v1.GetTaskSummaryResponse;
import com.tasker.v1.ListTasksRequest;
import com.tasker.v1.ListTasksResponse;
import com.tasker.v1.StreamTaskStatusRequest;
import com.tasker.v1.TaskServiceGrpc;
import com.tasker.v1.TaskStatusUpdate;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskView;
import dev.tasker.server.api.Fault;
import dev.tasker.server.api.RefusedOperationException;
import dev.tasker.server.api.TaskOperations;
import dev.tasker.server.api.TaskOperations.Admitted;
import dev.tasker.server.gateway.CallGuard;
import dev.tasker.server.security.Access;
import dev.tasker.server.security.Permission;
import dev.tasker.server.security.Principal;
import dev.tasker.server.telemetry.TraceContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.UUID;

/** {@code TaskService} (03 §2.4). */
final class TaskRpcs extends TaskServiceGrpc.TaskServiceImplBase {
    private final TaskOperations tasks;
    private final StatusStreams streams;
    private final Calls calls;

    TaskRpcs(TaskOperations tasks, StatusStreams streams, Calls calls) {
        this.tasks = tasks;
        this.streams = streams;
        this.calls = calls;
    }

    static Map<String, Access> access() {
        return Map.of(
                "CreateTask", Access.needs(Permission.TASKS_CREATE),
                "GetTask", Access.needs(Permission.TASKS_READ),
                "ListTasks", Access.needs(Permission.TASKS_LIST),
                "CancelTask", Access.needs(Permission.TASKS_CANCEL),
                "GetTaskContext", Access.needs(Permission.TASKS_CONTEXT_READ),
                "GetTaskSummary", Access.needs(Permission.TASKS_READ),
                "StreamTaskStatus", Access.needs(Permission.TASKS_READ));
    }

    @Override
    public void createTask(CreateTaskRequest request, StreamObserver<CreateTaskResponse> observer) {
        Principal caller = CallGuard.principal();
        RequestScope scope = RequestScope.current();
        calls.answer(observer, Refusals.PLAIN, () -> {
            TaskRequest wanted =
                    CreateTaskMessage.read(request, scope.idempotencyKey()).withTraceparent(TraceContext.current());
            Admitted admitted = tasks.create(wanted, scope.idempotencyKey() != null, caller);
            if (admitted.replayed()) {
                scope.replayed();
            }
            return CreateTaskResponse.newBuilder()
                    .setTask(TaskMessages.task(admitted.task()))
                    .build();
        });
    }

    @Override
    public void getTask(GetTaskRequest request, StreamObserver<GetTaskResponse> observer) {
        calls.answer(observer, Refusals.of(request.getTaskUuid()), () -> {
            TaskView task = tasks.task(Fields.uuid(request.getTaskUuid()));
            GetTaskResponse.Builder answer = GetTaskResponse.newBuilder().setTask(TaskMessages.task(task));
            if (request.getIncludeSteps()) {
                task.steps().forEach(step -> answer.addSteps(TaskMessages.step(step)));
            }
            if (request.getIncludeContext()) {
                answer.setContext(TaskMessages.context(task));
            }
            return answer.build();
        });
    }

    @Override
    public void listTasks(ListTasksRequest request, StreamObserver<ListTasksResponse> observer) {
        calls.answer(observer, Refusals.PLAIN, () -> {
            ListTasksMessage wanted = ListTasksMessage.read(request);
            return wanted.answer(tasks.slice(wanted.filter(), wanted.order(), wanted.offset(), wanted.limit()));
        });
    }

    @Override
    public void cancelTask(CancelTaskRequest request, StreamObserver<CancelTaskResponse> observer) {
        Principal caller = CallGuard.principal();
        calls.answer(observer, Refusals.of(request.getTaskUuid()), () -> {
            UUID task = Fields.uuid(request.getTaskUuid());
            String reason = request.hasReason() && !request.getReason().isEmpty() ? request.getReason() : null;
            try {
                return CancelTaskResponse.newBuilder()
                        .setTask(TaskMessages.task(tasks.cancel(task, reason, caller)))
                        .setSuccess(true)
                        .build();
            } catch (RefusedOperationException e) {
                if (e.fault() != Fault.NOT_CANCELLABLE) {
                    throw e;
                }
                return CancelTaskResponse.newBuilder()
                        .setMessage("Task cannot be cancelled: " + e.reason())
                        .build();
            }
        });
    }

    @Override
    public void getTaskContext(GetTaskContextRequest request, StreamObserver<GetTaskContextResponse> observer) {
        calls.answer(
                observer,
                Refusals.of(request.getTaskUuid()),
                () -> GetTaskContextResponse.newBuilder()
                        .setContext(TaskMessages.context(tasks.task(Fields.uuid(request.getTaskUuid()))))
                        .build());
    }

    @Override
    public void getTaskSummary(GetTaskSummaryRequest request, StreamObserver<GetTaskSummaryResponse> observer) {
        calls.answer(
                observer,
                Refusals.of(request.getTaskUuid()),
                () -> SummaryMessages.summary(tasks.summary(Fields.uuid(request.getTaskUuid()))));
    }

    @Override
    public void streamTaskStatus(StreamTaskStatusRequest request, StreamObserver<TaskStatusUpdate> observer) {
        streams.open(request, (ServerCallStreamObserver<TaskStatusUpdate>) observer, CallGuard.principal());
    }
}
