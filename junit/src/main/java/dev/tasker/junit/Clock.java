package dev.tasker.junit;

import dev.tasker.engine.Engine;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskView;
import dev.tasker.testkit.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets a task run, and the time pass whenever it only waits. */
final class Clock {
    private static final long LOOK_MS = 5;
    private static final String MILLIS_UNTIL =
            "SELECT ceil(extract(epoch FROM ?::timestamptz - tasker.engine_now()) * 1000)::bigint";

    private final Engine engine;
    private final TestDatabase database;

    Clock(Engine engine, TestDatabase database) {
        this.engine = engine;
        this.database = database;
    }

    /** Waits until nothing happens any more without a person; how long the task waited for retries, by the database's clock. */
    Duration runOut(UUID task, Duration patience) {
        Duration waited = Duration.ZERO;
        Instant counted = Instant.MIN; // waits until then are in the sum: those of several steps may overlap
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            TaskView view = engine.task(task).orElseThrow();
            if (isAtRest(view.state())) {
                return waited;
            }
            Optional<Wait> next = next(view.state(), engine.steps(task));
            if (next.isPresent()) {
                Wait wait = next.get();
                Instant from = wait.from().isAfter(counted) ? wait.from() : counted;
                if (from.isBefore(wait.until())) {
                    waited = waited.plus(Duration.between(from, wait.until()));
                    counted = wait.until();
                }
                Duration left = until(wait.until());
                if (left.isPositive()) {
                    database.advance(left);
                }
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("task " + task + " is " + view.state().text() + " after " + patience
                        + " (expected: at rest); its steps: "
                        + engine.steps(task).stream()
                                .map(step -> step.name() + " " + step.state().text())
                                .toList());
            }
            pause();
        }
    }

    private static boolean isAtRest(TaskState state) {
        return state.isTerminal() || state == TaskState.BLOCKED_BY_FAILURES;
    }

    /** From a failure to the retry. */
    private record Wait(Instant from, Instant until) {}

    /** The wait that ends first, when the task waits for nothing else. */
    private static Optional<Wait> next(TaskState state, List<StepView> steps) {
        boolean waitsOnly = state == TaskState.WAITING_FOR_RETRY
                && steps.stream()
                        .noneMatch(step -> step.state() == StepState.IN_PROGRESS || step.state() == StepState.ENQUEUED);
        if (!waitsOnly) {
            return Optional.empty();
        }
        return steps.stream()
                .filter(step -> step.state() == StepState.WAITING_FOR_RETRY)
                .flatMap(step -> wait(step).stream())
                .min(Comparator.comparing(Wait::until));
    }

    /** A step that waits was changed last when its attempt failed. */
    private static Optional<Wait> wait(StepView step) {
        Instant until = step.nextRetryAt();
        return until == null ? Optional.empty() : Optional.of(new Wait(step.updatedAt(), until));
    }

    private Duration until(Instant due) {
        return Duration.ofMillis(
                Long.parseLong(database.query(MILLIS_UNTIL, due.toString()).getFirst()));
    }

    private static void pause() {
        try {
            var _ = new CountDownLatch(1).await(LOOK_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while a task ran", e);
        }
    }
}
