package dev.tasker.testkit.model;

import static dev.tasker.testkit.model.TaskModel.require;

import dev.tasker.engine.Assignment;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes hand out. Which of two sessions is given a waiting step is the engine's choice: the model follows what arrives, and refuses
 * what may not.
 */
final class Arrivals {
    private static final long LOOK_MILLIS = 1;

    private final World world;
    private final Comparison comparison;
    private final WorkerActions workers;
    private final SessionActions sessions;
    private final Duration patience;

    Arrivals(World world, Comparison comparison, WorkerActions workers, SessionActions sessions, Duration patience) {
        this.world = world;
        this.comparison = comparison;
        this.workers = workers;
        this.sessions = sessions;
        this.patience = patience;
    }

    /** Takes what arrives until nothing more may arrive and the database shows what the model says. */
    void settle() {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            boolean arrived = take();
            String difference = arrived ? "" : difference();
            if (!arrived && difference == null) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not at rest after " + patience + ": " + difference);
            }
            if (!arrived) {
                SessionModel first = world.sessions.getFirst();
                Assignment next = first.worker.poll(LOOK_MILLIS);
                if (next != null) {
                    arrived(first, next);
                }
            }
        }
    }

    private boolean take() {
        boolean any = false;
        for (SessionModel session : List.copyOf(world.sessions)) {
            for (Assignment next = session.worker.poll(); next != null; next = session.worker.poll()) {
                arrived(session, next);
                any = true;
            }
        }
        return any;
    }

    private void arrived(SessionModel session, Assignment assignment) {
        StepModel step = world.stepOf(assignment);
        String what = "assignment of " + step + " to " + session;
        if (step.goesOn && session.worker.uuid().equals(step.holder)) {
            step.goesOn = false;
        } else {
            Assignment before = session.held.get(assignment.stepUuid());
            require(
                    before != null || session.mayHave(step.planned.callable()),
                    what + " (expected: one for a session that may have it)");
            if (before != null) { // ended without its session, which hears of it now and has the slot for this one
                Assignment lost = session.worker.nextLost();
                require(lost.equals(before), "lost " + lost + " (expected: " + before + ")");
            }
            step.task.leased(step, session.worker.uuid());
        }
        equal(what + ": attempt", step.attempts, assignment.attempt());
        equal(what + ": token", step.token, assignment.leaseToken());
        equal(what + ": template", step.planned.name(), assignment.step().templateStepName());
        require(
                step.task.areResultsFor(step, assignment.dependencyResults()),
                what + ": " + assignment.dependencyResults() + " (expected: " + step.dependencyResults() + ")");
        equal(
                what + ": progress",
                step.progress == null ? null : step.progress.document(),
                Progress.withoutTimes(assignment.step().checkpoint()));
        require(
                Comparison.same(step.result, assignment.step().previousResult()),
                what + ": previous result " + assignment.step().previousResult() + " (expected: " + step.result + ")");
        session.held.put(assignment.stepUuid(), assignment);
        if (session.silent) {
            sessions.leasedWhileSilent(session);
        }
        if (session.hasty) {
            workers.runPastTime(session, assignment);
        }
    }

    private static void equal(String what, @Nullable Object expected, @Nullable Object found) {
        require(Objects.equals(expected, found), what + " " + found + " (expected: " + expected + ")");
    }

    /** What keeps model and engine apart, null when they agree and nothing can be handed out. */
    private @Nullable String difference() {
        for (TaskModel task : world.tasks.values()) {
            for (StepModel step : task.steps) {
                if (step.goesOn) {
                    return "a step that yielded does not go on: " + step + "; rows: " + comparison.difference();
                }
            }
            for (String callable : task.waitingCallables()) {
                if (world.sessions.stream().anyMatch(session -> session.wants(callable))) {
                    return "a waiting step is not handed out: " + task.steps + "; rows: " + comparison.difference();
                }
            }
        }
        return comparison.difference();
    }
}
