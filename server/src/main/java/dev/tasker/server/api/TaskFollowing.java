package dev.tasker.server.api;

import dev.tasker.engine.Engine;
import dev.tasker.engine.TaskChange;
import dev.tasker.engine.TaskMoment;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Waits for tasks and follows them (03 §6.2). While nobody does, it costs nothing. Thread-safe. */
public final class TaskFollowing {
    private final Engine engine;
    private final TaskSignals signals;

    public TaskFollowing(Engine engine, TaskSignals signals) {
        this.engine = engine;
        this.signals = signals;
    }

    /** What happened in a task since its creation. */
    public List<TaskChange> timeline(UUID taskUuid) {
        requireKnown(taskUuid);
        return engine.changes(taskUuid, 0);
    }

    /** Returns the task's uuid when there is such a task. */
    public UUID requireKnown(UUID taskUuid) {
        if (engine.moment(taskUuid).isEmpty()) {
            throw TaskOperations.unknown();
        }
        return taskUuid;
    }

    /**
     * The task once it has ended or waits for a person, or as it is when the time is up.
     *
     * @param patience how long to wait
     */
    public TaskView rested(UUID taskUuid, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        try (TaskSignals.Watch watch = signals.watch(taskUuid)) {
            while (true) {
                long seen = watch.seen();
                TaskState state = engine.moment(taskUuid)
                        .orElseThrow(TaskOperations::unknown)
                        .state();
                long left = deadline - System.nanoTime();
                if (state.isTerminal() || state == TaskState.BLOCKED_BY_FAILURES || left <= 0) {
                    return engine.task(taskUuid).orElseThrow(TaskOperations::unknown);
                }
                watch.await(seen, TaskSignals.patience(left));
            }
        }
    }

    /**
     * Begins to follow a task; throws when there is none.
     *
     * @param cursor where an earlier following was, null to begin with the task as it is now
     */
    public Followed follow(UUID taskUuid, @Nullable Long cursor) {
        TaskMoment moment = engine.moment(taskUuid).orElseThrow(TaskOperations::unknown);
        return new Followed(taskUuid, moment, cursor);
    }

    /** A task that is followed, by one thread; to be closed. */
    public final class Followed implements AutoCloseable {
        private final UUID taskUuid;
        private final TaskMoment first;
        private final TaskSignals.Watch watch;
        private final Map<UUID, Integer> told = new HashMap<>();
        private long seen;
        private long cursor;
        private TaskState state;

        private Followed(UUID taskUuid, TaskMoment first, @Nullable Long cursor) {
            this.taskUuid = taskUuid;
            this.first = first;
            this.state = cursor == null ? first.state() : TaskState.PENDING;
            this.cursor = cursor == null ? first.cursor() : cursor;
            this.watch = signals.watch(taskUuid);
            this.seen = -1;
        }

        /** The task when the following began. */
        public TaskMoment first() {
            return first;
        }

        /** Where it is: whoever begins there misses nothing that was not told. */
        public long cursor() {
            return cursor;
        }

        /** Whether the task had ended as of the last look. */
        public boolean ended() {
            return state.isTerminal();
        }

        /** What changed since the last call; waits for something, {@code patience} at most. Each change is told once. */
        public List<TaskChange> next(Duration patience) throws InterruptedException {
            watch.await(seen, patience);
            seen = watch.seen();
            TaskMoment moment = engine.moment(taskUuid).orElseThrow(TaskOperations::unknown);
            List<TaskChange> changes = new ArrayList<>();
            for (TaskChange change : engine.changes(taskUuid, cursor)) {
                if (change.version() > told.getOrDefault(change.entityUuid(), -1)) {
                    told.put(change.entityUuid(), change.version());
                    changes.add(change);
                }
            }
            cursor = moment.cursor();
            state = moment.state();
            return changes;
        }

        @Override
        public void close() {
            watch.close();
        }
    }
}
