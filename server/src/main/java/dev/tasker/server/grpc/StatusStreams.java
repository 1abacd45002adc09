package dev.tasker.server.grpc;

import com.tasker.v1.StepUpdate;
import com.tasker.v1.StreamTaskStatusRequest;
import com.tasker.v1.TaskState;
import com.tasker.v1.TaskStatusUpdate;
import com.tasker.v1.TaskStatusUpdate.UpdateType;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskChange;
import dev.tasker.server.api.StepOperations;
import dev.tasker.server.api.StepResultDocument;
import dev.tasker.server.api.TaskFollowing;
import dev.tasker.server.api.TaskFollowing.Followed;
import dev.tasker.server.gateway.CallGuard;
import dev.tasker.server.json.JsonMembers;
import dev.tasker.server.json.JsonMembers.Value;
import dev.tasker.server.security.Principal;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/**
 * {@code StreamTaskStatus} (03 §2.4): the task's state at once, then each change, until it has ended. Changes of this node push it; it looks
 * twice a second for those of others. A stream has a thread of its own and writes no faster than its client reads. Thread-safe.
 */
final class StatusStreams {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final int STREAMS_MAX = 1_000;

    private final TaskFollowing following;
    private final StepOperations steps;
    private final Calls calls;
    private final InstantSource clock;
    private final Semaphore room = new Semaphore(STREAMS_MAX);

    StatusStreams(TaskFollowing following, StepOperations steps, Calls calls, InstantSource clock) {
        this.following = following;
        this.steps = steps;
        this.calls = calls;
        this.clock = clock;
    }

    void open(StreamTaskStatusRequest request, ServerCallStreamObserver<TaskStatusUpdate> observer, Principal caller) {
        Semaphore ready = new Semaphore(0);
        observer.setOnReadyHandler(ready::release);
        Stream stream = new Stream(request, observer, caller, ready);
        Future<?> running;
        try {
            running = calls.run(stream::run);
        } catch (RejectedExecutionException e) { // closed
            observer.onError(Refusals.unavailable());
            return;
        }
        observer.setOnCancelHandler(() -> running.cancel(true));
    }

    private final class Stream {
        private final StreamTaskStatusRequest request;
        private final ServerCallStreamObserver<TaskStatusUpdate> observer;
        private final Principal caller;
        private final Semaphore ready;

        Stream(
                StreamTaskStatusRequest request,
                ServerCallStreamObserver<TaskStatusUpdate> observer,
                Principal caller,
                Semaphore ready) {
            this.request = request;
            this.observer = observer;
            this.caller = caller;
            this.ready = ready;
        }

        void run() {
            if (!room.tryAcquire()) {
                observer.onError(Refusals.unavailable());
                return;
            }
            try {
                calls.requireReady();
                follow(Fields.uuid(request.getTaskUuid()));
                observer.onCompleted();
            } catch (InterruptedException e) { // the caller has gone, or the server goes
                Thread.currentThread().interrupt();
                refuse(Refusals.unavailable());
            } catch (RuntimeException e) {
                refuse(Calls.status(e, Refusals.of(request.getTaskUuid())));
            } finally {
                room.release();
            }
        }

        private void refuse(RuntimeException status) {
            if (!observer.isCancelled()) {
                observer.onError(status);
            }
        }

        private void follow(UUID task) throws InterruptedException {
            try (Followed followed = following.follow(task, null)) {
                send(ofTask(
                        task,
                        Fields.state(followed.first().state()),
                        followed.first().since()));
                while (!followed.ended()) {
                    if (!caller.mayGoOn(clock.instant())) {
                        throw CallGuard.EXPIRED.asRuntimeException();
                    }
                    tell(task, followed.next(LOOK_EVERY));
                }
            }
        }

        private void tell(UUID task, List<TaskChange> changes) throws InterruptedException {
            Map<UUID, Integer> attempts = new HashMap<>();
            for (TaskChange change : changes) {
                TaskChange.Step step = change.step();
                if (step == null) {
                    send(ofTask(task, Fields.taskState(change.toState()), change.at()));
                } else if (request.getIncludeSteps()) {
                    if (attempts.isEmpty()) {
                        steps.list(task).forEach(known -> attempts.put(known.stepUuid(), known.attempts()));
                    }
                    send(ofStep(change, step, attempts.getOrDefault(step.stepUuid(), 0)));
                }
            }
        }

        private void send(TaskStatusUpdate update) throws InterruptedException {
            while (!observer.isReady()) {
                if (observer.isCancelled()) {
                    throw new InterruptedException();
                }
                boolean _ = ready.tryAcquire(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            }
            observer.onNext(update);
        }
    }

    private TaskStatusUpdate ofTask(UUID task, TaskState state, Instant at) {
        TaskStatusUpdate.Builder update = TaskStatusUpdate.newBuilder()
                .setUpdateType(
                        switch (state) {
                            case TASK_STATE_COMPLETE -> UpdateType.UPDATE_TYPE_TASK_COMPLETE;
                            case TASK_STATE_ERROR -> UpdateType.UPDATE_TYPE_TASK_ERROR;
                            default -> UpdateType.UPDATE_TYPE_TASK_STATE_CHANGE;
                        })
                .setTimestamp(Fields.time(at))
                .setTaskState(state);
        if (state == TaskState.TASK_STATE_ERROR) {
            update.setErrorMessage(errorMessage(task));
        }
        return update.build();
    }

    private static TaskStatusUpdate ofStep(TaskChange change, TaskChange.Step step, int attempt) {
        return TaskStatusUpdate.newBuilder()
                .setUpdateType(UpdateType.UPDATE_TYPE_STEP_STATE_CHANGE)
                .setTimestamp(Fields.time(change.at()))
                .setStepUpdate(StepUpdate.newBuilder()
                        .setStepUuid(step.stepUuid().toString())
                        .setName(step.name())
                        .setState(Fields.stepState(change.toState()))
                        .setAttempt(attempt))
                .build();
    }

    /** What the first step in error says; a task may be in error without one. */
    private String errorMessage(UUID task) {
        for (StepView step : steps.list(task)) {
            if (step.state() == StepState.ERROR) {
                String said = errorOf(step);
                return "Step '" + step.name() + "' failed" + (said == null ? "" : ": " + said);
            }
        }
        return "Task failed";
    }

    private static @Nullable String errorOf(StepView step) {
        String document = StepResultDocument.of(step);
        Value error = document == null || !document.startsWith("{")
                ? null
                : JsonMembers.parse(document).present("error");
        Value message = error == null || error.token() != JsonToken.START_OBJECT
                ? null
                : JsonMembers.parse(error.text()).present("message");
        return message == null || message.token() != JsonToken.VALUE_STRING ? null : message.string();
    }
}
