package dev.tasker.server.embedded;

import dev.tasker.engine.DomainEvent;
import dev.tasker.engine.DomainEventSubscription;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.Session;
import dev.tasker.engine.SessionRequest;
import dev.tasker.template.PublishedEvent;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.AssignmentListener;
import dev.tasker.worker.Registration;
import dev.tasker.worker.StepView;
import dev.tasker.worker.TaskView;
import dev.tasker.worker.WorkSession;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.event.DeclaredEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Work straight from an engine in the same JVM: assignments arrive on its threads, reports go into its lanes, and it renews the leases
 * itself. Costs one object of mapping per assignment and report.
 */
public final class InProcessWorkSource implements WorkSource {
    /** What a step that must never time out gets. */
    private static final Duration NO_LIMIT = Duration.ofDays(3_650);

    private final Engine engine;

    /** The engine stays the caller's to close, after all sessions. */
    public InProcessWorkSource(Engine engine) {
        this.engine = engine;
    }

    @Override
    public WorkSession open(Registration registration, AssignmentListener listener) {
        List<SessionRequest.HandlerKey> handlers = registration.handlers().stream()
                .map(key -> new SessionRequest.HandlerKey(key.namespace(), key.callable()))
                .toList();
        SessionRequest request =
                new SessionRequest(registration.workerName(), handlers, true, registration.handlerTimeout());
        AtomicInteger returnedSlots = new AtomicInteger();
        List<DomainEventSubscription> subscriptions = subscribe(registration.eventPatterns(), listener);
        try {
            Session session = engine.openSession(request, new Receiver(listener, returnedSlots));
            return new InProcessSession(session, returnedSlots, subscriptions);
        } catch (EngineException e) {
            subscriptions.forEach(DomainEventSubscription::close);
            throw e;
        }
    }

    private List<DomainEventSubscription> subscribe(List<String> patterns, AssignmentListener listener) {
        List<DomainEventSubscription> subscriptions = new ArrayList<>();
        for (String pattern : patterns) {
            int number = subscriptions.size();
            subscriptions.add(
                    engine.domainEvents().subscribe(pattern, event -> listener.told(number, toWorker(event))));
        }
        return subscriptions;
    }

    private static dev.tasker.worker.event.DomainEvent toWorker(DomainEvent event) {
        return new dev.tasker.worker.event.DomainEvent(
                event.eventId(),
                event.eventName(),
                event.namespace(),
                event.taskUuid(),
                event.stepUuid(),
                event.message());
    }

    @Override
    public void close() {}

    /** Whether the engine may take the same call again. */
    static boolean isPassing(Throwable failure) {
        return failure instanceof EngineException engineFailure
                && (engineFailure.code() == ErrorCode.OVERLOADED
                        || engineFailure.code() == ErrorCode.DATABASE_UNAVAILABLE);
    }

    static Assignment toWorker(dev.tasker.engine.Assignment assignment) {
        dev.tasker.engine.Assignment.TaskPart task = assignment.task();
        dev.tasker.engine.Assignment.StepPart step = assignment.step();
        return new Assignment(
                assignment.taskUuid(),
                assignment.stepUuid(),
                assignment.leaseToken(),
                assignment.attempt(),
                assignment.maxAttempts(),
                timeout(assignment.timeout()),
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
                        task.reason(),
                        task.traceparent()),
                new StepView(
                        step.name(),
                        step.templateStepName(),
                        step.callable(),
                        step.method() == null ? "call" : step.method(),
                        step.resolver(),
                        step.initialization(),
                        step.inputs(),
                        step.previousResult(),
                        step.checkpoint(),
                        step.publishedEvents().stream()
                                .map(InProcessWorkSource::toWorker)
                                .toList()),
                assignment.dependencyResults());
    }

    private static DeclaredEvent toWorker(PublishedEvent event) {
        return DeclaredEvent.of(
                event.name(), event.condition().text(), event.deliveryMode().text(), event.publisher());
    }

    /** The engine says null for the worker's default and zero for none; the worker says zero for its default. */
    private static Duration timeout(@Nullable Duration timeout) {
        if (timeout == null) {
            return Duration.ZERO;
        }
        return timeout.isZero() ? NO_LIMIT : timeout;
    }

    private record Receiver(AssignmentListener listener, AtomicInteger returnedSlots)
            implements dev.tasker.engine.AssignmentListener {
        @Override
        public void assigned(List<dev.tasker.engine.Assignment> assignments) {
            listener.assigned(
                    assignments.stream().map(InProcessWorkSource::toWorker).toList());
        }

        @Override
        public void lost(dev.tasker.engine.Assignment assignment) {
            returnedSlots.incrementAndGet();
            listener.lost(toWorker(assignment));
        }
    }
}
