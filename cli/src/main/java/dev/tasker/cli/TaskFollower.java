package dev.tasker.cli;

import dev.tasker.client.Task;
import dev.tasker.client.TaskChange;
import dev.tasker.client.TaskEvents;
import dev.tasker.client.TaskState;
import dev.tasker.client.TaskerClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for tasks and tells how they end. */
final class TaskFollower {
    private static final long LOOK_AGAIN_MS = 1_000;
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final TaskerClient client;
    private final Output output;
    private final CountDownLatch never = new CountDownLatch(1);

    /** What is waited for. */
    enum Goal {
        /** The task is over, or waits for a person. */
        rest,
        /** The task is over. */
        terminal,
        /** The task is over and complete. */
        complete,
        /** The task is over or blocked, and not complete. */
        error
    }

    TaskFollower(TaskerClient client, Output output) {
        this.client = client;
        this.output = output;
    }

    /** Waits for each; returns the exit code: 0, 9 when one did not end as wanted, 124 when the time was up. */
    int await(List<UUID> tasks, Goal goal, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        List<Task> found = new ArrayList<>();
        int exit = 0;
        for (UUID task : tasks) {
            Task last = awaited(task, goal, deadline);
            found.add(last);
            exit = Math.max(exit, exitCode(last.status(), goal));
        }
        Table table = Table.titled("TASK", "STATUS", "STEPS");
        found.forEach(task ->
                table.row(task.taskUuid(), task.status().text(), task.completedSteps() + "/" + task.totalSteps()));
        output.showAll(found.size() == 1 ? found.getFirst() : found, found, table::toString, Task::taskUuid);
        return exit;
    }

    /** Tells every change of a task until it rests; returns the exit code, as {@link #await}. */
    int watch(UUID task, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        try (TaskEvents events = client.tasks().watch(task)) {
            TaskState state = TaskState.UNKNOWN;
            while (!events.ended() && state != TaskState.BLOCKED_BY_FAILURES) {
                Duration left = Duration.ofNanos(deadline - System.nanoTime());
                if (left.isNegative()) {
                    return CommandException.TIMED_OUT;
                }
                Optional<TaskChange> change = events.next(left.compareTo(LOOK) < 0 ? left : LOOK);
                change.ifPresent(this::tell);
                if (change.isPresent() && change.get().stepUuid() == null) {
                    state = TaskState.of(change.get().state());
                }
            }
            return exitCode(state, Goal.rest);
        }
    }

    private void tell(TaskChange change) {
        String step = change.name();
        output.showAll(
                change,
                List.of(change),
                () -> String.format(
                        "%s  %-20s %s%n", Table.text(change.at()), step == null ? "task" : step, change.state()),
                TaskChange::taskUuid);
    }

    private Task awaited(UUID task, Goal goal, long deadline) throws InterruptedException {
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            Task found = client.tasks().await(task, left);
            boolean blocked = found.status() == TaskState.BLOCKED_BY_FAILURES;
            boolean waitOn = blocked && (goal == Goal.terminal || goal == Goal.complete) && !left.isZero();
            if (!waitOn) {
                return found;
            }
            boolean _ = never.await(Math.min(LOOK_AGAIN_MS, left.toMillis() + 1), TimeUnit.MILLISECONDS);
        }
    }

    private static int exitCode(TaskState state, Goal goal) {
        boolean blockedIsEnough = goal == Goal.rest || goal == Goal.error;
        boolean there = blockedIsEnough ? state.isResting() : state.isTerminal();
        if (!there) {
            return CommandException.TIMED_OUT;
        }
        boolean well = state == TaskState.COMPLETE || state == TaskState.RESOLVED_MANUALLY;
        return well == (goal != Goal.error) ? 0 : CommandException.TASK_FAILED;
    }
}
