package dev.tasker.client;

import com.tasker.v1.StepUpdate;
import com.tasker.v1.StreamTaskStatusRequest;
import com.tasker.v1.TaskServiceGrpc;
import com.tasker.v1.TaskStatusUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A status stream (03 §2.4). It has neither versions nor a place to go on from: after a break the steps are read, and those tell what they have
 * become meanwhile.
 */
final class GrpcTaskEvents implements TaskEvents {
    private final GrpcCalls calls;
    private final UUID task;
    private final boolean withSteps;
    private final Map<UUID, Told> told = new HashMap<>();
    private final Queue<TaskChange> waiting = new ArrayDeque<>();
    private volatile @Nullable GrpcUpdates updates;
    private volatile boolean closed;
    private boolean ended;
    private boolean isResumed;
    private int failures;
    private Instant toldUntil = Instant.MIN;

    /** The last that was told of a task or step. */
    private record Told(String state, Instant at) {}

    GrpcTaskEvents(GrpcCalls calls, UUID task, boolean withSteps) {
        this.calls = calls;
        this.task = task;
        this.withSteps = withSteps;
    }

    @Override
    public Optional<TaskChange> next(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!ended && !closed) {
            TaskChange kept = waiting.poll();
            if (kept != null) {
                return Optional.of(kept);
            }
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            Optional<GrpcUpdates.Signal> signal = connected().next(left);
            if (signal.isEmpty()) {
                return Optional.empty();
            }
            switch (signal.get()) {
                case GrpcUpdates.Update update -> take(update.message());
                case GrpcUpdates.End _ -> ended = true;
                case GrpcUpdates.Failure failure -> broken(failure, left);
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public void close() {
        closed = true;
        GrpcUpdates current = updates;
        if (current != null) {
            current.close();
        }
    }

    private GrpcUpdates connected() {
        GrpcUpdates current = updates;
        if (current != null) {
            return current;
        }
        GrpcUpdates begun = new GrpcUpdates(calls.open(TaskServiceGrpc.getStreamTaskStatusMethod()));
        begun.start(StreamTaskStatusRequest.newBuilder()
                .setTaskUuid(task.toString())
                .setIncludeSteps(withSteps)
                .build());
        updates = begun;
        if (closed) {
            begun.close();
        }
        return begun;
    }

    private void broken(GrpcUpdates.Failure failure, Duration left) throws InterruptedException {
        updates = null;
        isResumed = true;
        failures++;
        TaskerException refused =
                GrpcRefusal.of(failure.status(), failures, calls.config().server());
        if (closed || calls.repetition().isClosed()) {
            closed = true;
            return;
        }
        if (!refused.isRetryable() || calls.repetition().isLast(failures)) {
            throw refused;
        }
        Duration pause = calls.repetition().pause(refused, failures);
        calls.repetition().pause(pause.compareTo(left) < 0 ? pause : left);
    }

    private void take(TaskStatusUpdate update) throws InterruptedException {
        failures = 0;
        Instant at = Instant.ofEpochSecond(
                update.getTimestamp().getSeconds(), update.getTimestamp().getNanos());
        if (isResumed) {
            isResumed = false;
            catchUp();
        }
        if (update.hasStepUpdate()) {
            StepUpdate step = update.getStepUpdate();
            tell(UUID.fromString(step.getStepUuid()), step.getName(), word(step.getState(), "STEP_STATE_"), at);
        } else if (update.hasTaskState()) {
            tell(null, null, word(update.getTaskState(), "TASK_STATE_"), at);
        }
    }

    /** What steps became while nobody listened. */
    private void catchUp() throws InterruptedException {
        if (!withSteps) {
            return;
        }
        Instant since = toldUntil;
        try {
            for (Step step : new GrpcSteps(calls).list(task)) {
                if (step.updatedAt().isAfter(since)) {
                    tell(step.stepUuid(), step.name(), step.currentState().text(), step.updatedAt());
                }
            }
        } catch (TaskerException.Forbidden e) {
            // whoever may follow a task but not read its steps hears of their next changes
            return;
        }
    }

    /** A stream begins with the task as it is, and overlaps with what was read: neither is news twice. */
    private void tell(@Nullable UUID step, @Nullable String name, String state, Instant at) {
        Told before = told.put(step == null ? task : step, new Told(state, at));
        if (before != null && before.state.equals(state) && !at.isAfter(before.at)) {
            return;
        }
        if (at.isAfter(toldUntil)) {
            toldUntil = at;
        }
        waiting.add(new TaskChange(task, step, name, null, null, state, null, at, null, null, null, null));
    }

    private static String word(Enum<?> state, String prefix) {
        return state.name().replaceFirst("^" + prefix, "").toLowerCase(Locale.ROOT);
    }
}
