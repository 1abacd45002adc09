package dev.tasker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.TaskState;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TaskTrackerTest {
    private final TaskTracker tracker = new TaskTracker();
    private final UUID task = UUID.randomUUID();

    @Test
    void endIsToldToWhoAskedBefore() {
        CompletableFuture<TaskState> end = tracker.ended(task);
        tracker.taskEntered(UUID.randomUUID(), TaskState.COMPLETE);
        tracker.taskEntered(task, TaskState.STEPS_IN_PROCESS);
        assertThat(end).isNotDone();

        tracker.taskEntered(task, TaskState.COMPLETE);

        assertThat(end).isCompletedWithValue(TaskState.COMPLETE);
    }

    @Test
    void endIsToldToWhoAsksAfterwards() {
        tracker.taskEntered(task, TaskState.BLOCKED_BY_FAILURES);

        assertThat(tracker.ended(task)).isCompletedWithValue(TaskState.BLOCKED_BY_FAILURES);
    }
}
