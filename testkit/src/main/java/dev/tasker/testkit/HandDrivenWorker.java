package dev.tasker.testkit;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.Completion;
import dev.tasker.engine.Engine;
import dev.tasker.engine.Session;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A worker without handlers: a session whose assignments a test takes and answers one by one. */
public final class HandDrivenWorker implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final BlockingQueue<Assignment> assigned = new LinkedBlockingQueue<>();
    private final BlockingQueue<Assignment> lost = new LinkedBlockingQueue<>();
    private final Session session;

    private HandDrivenWorker(Engine engine, SessionRequest request) {
        session = engine.openSession(request, new AssignmentListener() {
            @Override
            public void assigned(List<Assignment> arrived) {
                assigned.addAll(arrived);
            }

            @Override
            public void lost(Assignment assignment) {
                lost.add(assignment);
            }
        });
    }

    /** Opens a session without slots. */
    public static HandDrivenWorker open(Engine engine, SessionRequest request) {
        return new HandDrivenWorker(engine, request);
    }

    /** Grants slots and returns the worker itself. */
    public HandDrivenWorker grant(int slots) {
        session.grant(slots);
        return this;
    }

    public Session session() {
        return session;
    }

    public UUID uuid() {
        return session.uuid();
    }

    /** The next assignment; waits for it. */
    public Assignment next() {
        return taken(assigned, "assignment");
    }

    /** The next {@code count} assignments. */
    public Assignments next(int count) {
        List<Assignment> arrived = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            arrived.add(next());
        }
        return new Assignments(arrived);
    }

    /** The next assignment, which must be of this step. */
    public Assignment next(String step) {
        Assignment next = next();
        if (!next.step().name().equals(step)) {
            throw new AssertionError("assigned: " + next.step().name() + " (expected: " + step + ")");
        }
        return next;
    }

    /** An assignment that has arrived already, null when there is none. */
    public @Nullable Assignment poll() {
        return assigned.poll();
    }

    /** The next assignment, null when none comes within {@code millis}. */
    public @Nullable Assignment poll(long millis) {
        try {
            return assigned.poll(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** The next assignment whose lease ended without this worker; waits for it. */
    public Assignment nextLost() {
        return taken(lost, "lost lease");
    }

    /** The next assignment whose lease ended without this worker, null when there is none within {@code millis}. */
    public @Nullable Assignment pollLost(long millis) {
        try {
            return lost.poll(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Reports and waits for the answer. */
    public Completion report(Assignment assignment, StepResult result) {
        return answer(session.complete(assignment, result));
    }

    /** Reports for a lease known only by its name and waits for the answer. */
    public Completion report(UUID stepUuid, int leaseToken, StepResult result) {
        return answer(session.complete(stepUuid, leaseToken, result));
    }

    /** Reports {@code resultJson} as the step's result. */
    public Completion succeed(Assignment assignment, String resultJson) {
        return report(assignment, StepResult.success(resultJson));
    }

    /** Takes the next assignment, which must be of this step, and reports success with the step's name as its result. */
    public Assignment run(String step) {
        Assignment assignment = next(step);
        Completion completion = succeed(assignment, '"' + step + '"');
        if (completion != Completion.ACCEPTED) {
            throw new AssertionError(step + ": " + completion + " (expected: ACCEPTED)");
        }
        return assignment;
    }

    /** Reports a failure that may be retried. */
    public Completion failRetryably(Assignment assignment) {
        return report(assignment, Results.retryable());
    }

    /** Reports a failure that may not be retried. */
    public Completion failForGood(Assignment assignment) {
        return report(assignment, Results.permanent());
    }

    /** Gives the step back. */
    public Completion reject(Assignment assignment) {
        return answer(session.reject(assignment.stepUuid(), assignment.leaseToken()));
    }

    /** Gives the step back because it has no handler for it. */
    public Completion unhandled(Assignment assignment) {
        return answer(session.unhandled(assignment.stepUuid(), assignment.leaseToken()));
    }

    @Override
    public void close() {
        session.close();
    }

    /** The value of a future of the engine; fails when it does not come or is a failure. */
    public static <T> T answer(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError("failed (expected: an answer)", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("no answer after " + PATIENCE_SECONDS + " s", e);
        }
    }

    private static Assignment taken(BlockingQueue<Assignment> queue, String what) {
        try {
            Assignment next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no " + what + " after " + PATIENCE_SECONDS + " s");
            }
            return next;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static AssertionError interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AssertionError("interrupted while waiting for the engine", e);
    }
}
