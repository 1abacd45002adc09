package dev.tasker.cli;

import dev.tasker.client.Task;
import dev.tasker.client.TaskState;
import dev.tasker.client.TaskerClient;
import java.time.Duration;
import java.util.UUID;

/** Follows one task by asking for it again and again, so that a table of all its steps is never older than that, and tells a report of every change. */
final class TaskWatch {
    private static final Duration PAUSE = Duration.ofMillis(15);

    private final TaskerClient client;
    private final UUID task;
    private final DemoReport report;
    private TaskProgress last = TaskProgress.UNKNOWN;

    TaskWatch(TaskerClient client, UUID task, DemoReport report) {
        this.client = client;
        this.task = task;
        this.report = report;
    }

    /** Watches until the task rests, the time is up or somebody says stop; returns whether it is complete. */
    boolean untilFinished(Duration limit, StopSignal stop) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        do {
            Task found = client.tasks().get(task);
            last = TaskProgress.of(found, client.steps().list(task)); // read later, so at least as far as the task says
            report.changed(last);
            if (found.status().isResting()) {
                return found.status() == TaskState.COMPLETE;
            }
        } while (System.nanoTime() < deadline && !stop.await(PAUSE));
        return false;
    }

    /** What was seen last. */
    TaskProgress last() {
        return last;
    }
}
