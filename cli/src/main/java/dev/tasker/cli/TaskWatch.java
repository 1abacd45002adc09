package dev.tasker.cli;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Follows one task by asking for it again and again, and tells a report of every change. */
final class TaskWatch {
    private static final Duration PAUSE = Duration.ofMillis(15);
    private static final Set<String> TERMINAL = Set.of("complete", "error", "cancelled", "resolved_manually");

    private final TaskClient client;
    private final URI task;
    private final DemoReport report;
    private TaskProgress last = TaskProgress.UNKNOWN;

    TaskWatch(TaskClient client, URI task, DemoReport report) {
        this.client = client;
        this.task = task;
        this.report = report;
    }

    /** Watches until the task rests, the time is up or somebody says stop; returns whether it is complete. */
    boolean untilFinished(Duration limit, StopSignal stop) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        do {
            last = read();
            report.changed(last);
            if (TERMINAL.contains(last.state()) || last.state().equals("blocked_by_failures")) {
                return last.state().equals("complete");
            }
        } while (System.nanoTime() < deadline && !stop.await(PAUSE));
        return false;
    }

    /** What was seen last. */
    TaskProgress last() {
        return last;
    }

    /** The task first: its steps, read later, are at least as far as it says. */
    private TaskProgress read() throws InterruptedException {
        JsonNode found = client.task(task);
        List<TaskProgress.Step> steps = new ArrayList<>();
        for (JsonNode step : client.steps(task)) {
            steps.add(TaskProgress.Step.of(step));
        }
        return TaskProgress.of(found, steps);
    }
}
