package dev.tasker.server.embedded;

import dev.tasker.engine.Completion;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.Session;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.StepResult;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.AssignmentListener;
import dev.tasker.worker.BackoffHint;
import dev.tasker.worker.CompletionStatus;
import dev.tasker.worker.Registration;
import dev.tasker.worker.RejectReason;
import dev.tasker.worker.StepReport;
import dev.tasker.worker.StepView;
import dev.tasker.worker.TaskView;
import dev.tasker.worker.WorkSession;
import dev.tasker.worker.WorkSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Work for handlers in the engine's own JVM: sessions of the worker port over sessions of the engine, one to one, on the engine's threads.
 * Thread-safe.
 */
public final class InProcessWorkSource implements WorkSource {
    private static final Duration RETRY_MIN = Duration.ofMillis(10);
    private static final Duration RETRY_MAX = Duration.ofSeconds(1);

    /** The worker port has no word for "no limit". */
    private static final Duration UNLIMITED = Duration.ofDays(36_500);

    private final Engine engine;

    /** Work of {@code engine}, which stays the caller's to close. */
    public InProcessWorkSource(Engine engine) {
        this.engine = engine;
    }

    @Override
    public WorkSession open(Registration registration, AssignmentListener listener) {
        List<SessionRequest.HandlerKey> handlers = registration.handlers().stream()
                .map(key -> new SessionRequest.HandlerKey(key.namespace(), key.callable()))
                .toList();
        Session session = engine.openSession(
                new SessionRequest(registration.workerName(), handlers, true), new Receiver(listener));
        return new InProcessSession(session);
    }

    @Override
    public void close() {
        // sessions are closed by their workers
    }

    private record Receiver(AssignmentListener listener) implements dev.tasker.engine.AssignmentListener {
        @Override
        public void assigned(List<dev.tasker.engine.Assignment> assignments) {
            List<Assignment> mapped = new ArrayList<>(assignments.size());
            assignments.forEach(assignment -> mapped.add(assignment(assignment)));
            listener.assigned(mapped);
        }

        @Override
        public void lost(dev.tasker.engine.Assignment assignment) {
            listener.lost(assignment(assignment));
        }
    }

    private static Assignment assignment(dev.tasker.engine.Assignment leased) {
        dev.tasker.engine.Assignment.TaskPart task = leased.task();
        dev.tasker.engine.Assignment.StepPart step = leased.step();
        return new Assignment(
                leased.taskUuid(),
                leased.stepUuid(),
                leased.leaseToken(),
                leased.attempt(),
                leased.maxAttempts(),
                timeout(leased.timeout()),
                new TaskView(
                        task.namespace(),
                        task.name(),
                        task.version(),
                        task.correlationId(),
                        task.parentCorrelationId(),
                        task.context(),
                        task.priority(),
                        task.initiator(),
                        task.sourceSystem(),
                        task.reason()),
                new StepView(
                        step.name(),
                        step.templateStepName(),
                        step.callable(),
                        step.method() == null ? "call" : step.method(),
                        step.resolver(),
                        step.initialization(),
                        step.inputs(),
                        step.previousResult(),
                        step.checkpoint()),
                leased.dependencyResults());
    }

    private static Duration timeout(@Nullable Duration limit) {
        if (limit == null) {
            return Duration.ZERO; // the worker's default
        }
        return limit.isZero() ? UNLIMITED : limit;
    }

    private static final class InProcessSession implements WorkSession {
        private final Session session;

        private InProcessSession(Session session) {
            this.session = session;
        }

        @Override
        public UUID sessionId() {
            return session.uuid();
        }

        @Override
        public void grant(int slots) {
            session.grant(slots);
        }

        @Override
        public CompletableFuture<CompletionStatus> complete(Assignment assignment, StepReport report) {
            CompletableFuture<CompletionStatus> answer = new CompletableFuture<>();
            send(assignment, result(report), RETRY_MIN, answer);
            return answer;
        }

        /** Reports until the engine answers: it may be full, or without its database, for a while. */
        private void send(
                Assignment assignment, StepResult result, Duration pause, CompletableFuture<CompletionStatus> answer) {
            session.complete(assignment.stepUuid(), (int) assignment.leaseToken(), result).whenComplete((completion, failure) -> {
                if (completion != null) {
                    answer.complete(status(completion));
                } else if (failure != null && mayPass(failure)) {
                    Duration next = pause.multipliedBy(2).compareTo(RETRY_MAX) > 0 ? RETRY_MAX : pause.multipliedBy(2);
                    CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS)
                            .execute(() -> send(assignment, result, next, answer));
                } else {
                    answer.completeExceptionally(failure == null ? new IllegalStateException("no answer") : failure);
                }
            });
        }

        private static boolean mayPass(Throwable failure) {
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            return cause instanceof EngineException refused
                    && refused.code().kind() == ErrorCode.Kind.UNAVAILABLE
                    && refused.code() != ErrorCode.CLOSED;
        }

        private static StepResult result(StepReport report) {
            BackoffHint hint = report.backoffHint();
            return new StepResult(
                    report.success(),
                    report.retryable(),
                    (int) Math.min(report.executionTime().toMillis(), Integer.MAX_VALUE),
                    hint == null ? null : hint.delay(),
                    report.document());
        }

        private static CompletionStatus status(Completion completion) {
            return switch (completion) {
                case ACCEPTED -> CompletionStatus.ACCEPTED;
                case DUPLICATE -> CompletionStatus.DUPLICATE;
                case STALE_LEASE -> CompletionStatus.STALE_LEASE;
                case INVALID -> CompletionStatus.INVALID;
            };
        }

        @Override
        public void reject(Assignment assignment, RejectReason reason) {
            session.reject(assignment.stepUuid(), (int) assignment.leaseToken());
        }

        @Override
        public void drain() {
            session.drain();
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
