package dev.tasker.benchmarks;

import dev.tasker.engine.EngineListener;
import dev.tasker.engine.TaskState;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Tells when tasks end. A task may end before whoever created it asks. Thread-safe. */
final class TaskTracker implements EngineListener {
    private final ConcurrentHashMap<UUID, CompletableFuture<TaskState>> ends = new ConcurrentHashMap<>();

    @Override
    public void taskEntered(UUID taskUuid, TaskState state) {
        if (state.isTerminal() || state == TaskState.BLOCKED_BY_FAILURES) {
            end(taskUuid).complete(state);
        }
    }

    /** The state the task ends in; forgotten once it is known. */
    CompletableFuture<TaskState> ended(UUID taskUuid) {
        return end(taskUuid).whenComplete((_, _) -> ends.remove(taskUuid));
    }

    private CompletableFuture<TaskState> end(UUID taskUuid) {
        return ends.computeIfAbsent(taskUuid, _ -> new CompletableFuture<>());
    }
}
