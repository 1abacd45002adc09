package dev.tasker.worker;

import dev.tasker.worker.event.DomainEvent;
import dev.tasker.worker.event.HandlerEvent;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.event.SubscriberRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the steps of one {@link WorkSource} on virtual threads, as many at once as it has slots, and reports exactly one
 * outcome for each it starts unless the lease is lost.
 *
 * <p>A handler whose time is up is interrupted; when it has not ended after the grace, the timeout is reported and its
 * slot stays out of use until the thread ends. Such surplus as the source sends meanwhile waits for a free slot.
 *
 * <p>Cost per step, beside the handler: one virtual thread, one result document, about ten uncontended locks and map
 * accesses; no timer, no further thread.
 */
public final class WorkerRuntime implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerRuntime.class);

    private final HandlerRegistry registry;
    private final WorkerConfig config;
    private final LongSupplier ticker;
    private final Listeners listeners;
    private final WorkerStatistics statistics = new WorkerStatistics();
    private final EventStatistics eventStatistics = new EventStatistics();
    private final StepPublishing publishing;
    private final EventDelivery delivery;
    private final ResultDocument documents;
    private final ConcurrentMap<Assignment, StepExecution> running = new ConcurrentHashMap<>();
    private final Slots slots;
    private final DeadlineWatch watch;
    private final SessionLink link;
    private final ThreadFactory threads =
            Thread.ofVirtual().name("tasker-step-", 0).factory();
    private final Turns turns = new Turns();
    private final Object vacancy = new Object(); // notified when a closing worker has one execution less
    private final AtomicBoolean closing = new AtomicBoolean();
    private boolean impatient; // guarded by vacancy

    WorkerRuntime(
            WorkSource source,
            HandlerRegistry registry,
            WorkerConfig config,
            List<WorkerListener> listeners,
            LongSupplier ticker) {
        this(source, registry, new PublisherRegistry(), new SubscriberRegistry(), config, listeners, ticker);
    }

    private WorkerRuntime(
            WorkSource source,
            HandlerRegistry registry,
            PublisherRegistry publishers,
            SubscriberRegistry subscribers,
            WorkerConfig config,
            List<WorkerListener> listeners,
            LongSupplier ticker) {
        List<SubscriberRegistry.Subscription> subscriptions = subscribers.subscriptions();
        this.delivery = new EventDelivery(subscriptions);
        this.registry = registry;
        this.publishing = new StepPublishing(publishers);
        this.config = config;
        this.ticker = ticker;
        var all = new ArrayList<WorkerListener>(List.of(statistics, eventStatistics, new WorkerLog()));
        all.addAll(listeners);
        this.listeners = new Listeners(all);
        this.documents = new ResultDocument(config.name(), config.documentCharsMax(), config.stackTraces());
        this.slots = new Slots(config.slots());
        this.watch = new DeadlineWatch(running.values(), ticker);
        var registration = new Registration(
                config.name(),
                UUID.randomUUID(),
                registry.keys(),
                config.slots(),
                config.handlerTimeout(),
                registry.traits(),
                subscriptions.stream()
                        .map(SubscriberRegistry.Subscription::pattern)
                        .toList());
        this.link = new SessionLink(source, registration, new Receiver(), this.listeners);
    }

    /** Opens a session and begins to work. The source stays the caller's to close, after this worker. */
    public static WorkerRuntime start(
            WorkSource source, HandlerRegistry registry, WorkerConfig config, WorkerListener... listeners) {
        return start(source, registry, new PublisherRegistry(), config, listeners);
    }

    /** Opens a session and begins to work, with publishers that make payloads of events. */
    public static WorkerRuntime start(
            WorkSource source,
            HandlerRegistry registry,
            PublisherRegistry publishers,
            WorkerConfig config,
            WorkerListener... listeners) {
        return start(source, registry, publishers, new SubscriberRegistry(), config, listeners);
    }

    /** Opens a session and begins to work, with publishers as above and subscribers that hear events of others. */
    public static WorkerRuntime start(
            WorkSource source,
            HandlerRegistry registry,
            PublisherRegistry publishers,
            SubscriberRegistry subscribers,
            WorkerConfig config,
            WorkerListener... listeners) {
        var worker = new WorkerRuntime(
                source, registry, publishers, subscribers, config, List.of(listeners), System::nanoTime);
        worker.link.open();
        worker.watch.start();
        return worker;
    }

    /** What the results sent so far published. */
    public EventStatistics.Snapshot eventStatistics() {
        return eventStatistics.snapshot();
    }

    /** What its subscribers heard so far. */
    public SubscriberStatistics subscriberStatistics() {
        return delivery.statistics();
    }

    public WorkerStatistics.Snapshot statistics() {
        return statistics.snapshot();
    }

    /** Slots in use now, by quarantined handlers too. */
    public int slotsTaken() {
        return slots.taken();
    }

    /** Slots that the source may fill now, none while closing. */
    public int credit() {
        return link.credit();
    }

    /** Whether the source hears this worker now; false between two sessions and while it does not answer heartbeats. */
    public boolean isConnected() {
        return link.isConnected();
    }

    /** Whether {@link #close} has begun. */
    public boolean isClosing() {
        return closing.get();
    }

    /** Makes {@link #close(Duration)} wait no longer for running handlers. */
    public void stopWaiting() {
        synchronized (vacancy) {
            impatient = true;
            vacancy.notifyAll();
        }
    }

    /** Stops like {@link #close(Duration)} with the configured time to drain. */
    @Override
    public void close() {
        close(config.drainTimeout());
    }

    /**
     * Takes no more work, waits for what runs, reports the rest as retryable {@code worker_shutdown}, waits as long as
     * the stop grace for the last answers and closes the session. A second call does nothing.
     *
     * @param drainLimit how long running handlers may go on
     */
    public void close(Duration drainLimit) {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        link.drain();
        rejectWaiting();
        try {
            awaitVacancy(drainLimit);
            stopRunning();
            int unanswered = link.awaitAnswered(config.stopGrace());
            if (unanswered > 0) {
                LOG.warn(
                        "worker closed with {} reports unanswered; their steps run again when the lease expires",
                        unanswered);
            }
        } catch (InterruptedException e) {
            stopRunning();
            Thread.currentThread().interrupt();
        } finally {
            watch.close();
            link.close();
            publishing.close();
            delivery.close();
        }
    }

    void open() {
        link.open();
    }

    DeadlineWatch watch() {
        return watch;
    }

    private void rejectWaiting() {
        for (StepExecution next = slots.pollWaiting(); next != null; next = slots.pollWaiting()) {
            running.remove(next.assignment());
            link.reject(next.assignment(), RejectReason.SHUTTING_DOWN);
        }
    }

    private void awaitVacancy(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (vacancy) {
            long left = limit.toNanos();
            while (!running.isEmpty() && left > 0 && !impatient) {
                TimeUnit.NANOSECONDS.timedWait(vacancy, left);
                left = deadline - System.nanoTime();
            }
        }
    }

    private void stopRunning() {
        for (StepExecution execution : running.values()) {
            switch (execution.shutDown()) {
                case REJECT -> link.reject(execution.assignment(), RejectReason.SHUTTING_DOWN);
                case REPORT -> report(execution, execution.shutdownReport());
                case NOTHING -> {}
            }
        }
    }

    /** The attempt needs no more attention, though its thread may still run. */
    private void depart(StepExecution execution) {
        running.remove(execution.assignment(), execution);
        if (closing.get()) {
            synchronized (vacancy) {
                vacancy.notifyAll();
            }
        }
    }

    private void run(@Nullable StepExecution execution) {
        if (execution != null) {
            threads.newThread(execution).start();
        }
    }

    private void report(StepExecution execution, StepReport report) {
        listeners.tell(listener -> listener.finished(execution.assignment(), report));
        link.complete(execution.assignment(), report);
    }

    private final class Receiver implements AssignmentListener {

        @Override
        public void assigned(List<Assignment> assignments) {
            link.hold(assignments.size());
            for (Assignment assignment : assignments) {
                listeners.tell(listener -> listener.assigned(assignment));
                accept(assignment);
            }
        }

        private void accept(Assignment assignment) {
            if (closing.get()) {
                link.reject(assignment, RejectReason.SHUTTING_DOWN);
                return;
            }
            StepHandler handler = registry.handlerOf(assignment);
            if (handler == null) {
                link.reject(assignment, RejectReason.HANDLER_NOT_FOUND);
                return;
            }
            var execution = new StepExecution(assignment, handler, documents, config, ticker, turns);
            if (running.putIfAbsent(assignment, execution) != null) {
                LOG.warn("{} assigned twice; the second delivery is ignored", assignment);
                link.returnSlot();
                return;
            }
            run(slots.enter(execution));
        }

        @Override
        public void lost(Assignment assignment) {
            StepExecution execution = running.get(assignment);
            if (execution == null || !execution.lose()) {
                return;
            }
            listeners.tell(listener -> listener.lost(assignment));
            if (slots.remove(execution)) {
                running.remove(assignment, execution);
                link.returnSlot();
            }
        }

        @Override
        public void told(int subscription, DomainEvent event) {
            delivery.deliver(subscription, event);
        }
    }

    private final class Turns implements StepExecution.Owner {

        @Override
        public void started(StepExecution execution, long dueNanos) {
            watch.expect(dueNanos);
            listeners.tell(listener -> listener.started(execution.assignment()));
        }

        @Override
        public void timedOut(StepExecution execution) {
            listeners.tell(listener -> listener.timedOut(execution.assignment()));
        }

        @Override
        public void graceExpired(StepExecution execution) {
            boolean withheld = link.withhold(); // before the report, which makes the slot credit again
            StepReport report = execution.abandon(withheld);
            if (report != null) {
                listeners.tell(listener -> listener.quarantined(execution.assignment()));
                report(execution, report);
                depart(execution);
                return;
            }
            if (withheld) {
                link.returnSlot();
            }
        }

        @Override
        public void outlivedLoss(StepExecution execution) {
            listeners.tell(listener -> listener.quarantined(execution.assignment()));
            depart(execution);
        }

        @Override
        public void ended(StepExecution execution, StepReport report) {
            run(slots.release()); // before the report, so that a slow source cannot starve execution
            report(execution, publishing.published(execution.assignment(), report));
            depart(execution); // after the report, so that a closing worker waits for it
        }

        @Override
        public void yielded(StepExecution execution, Checkpoint checkpoint) {
            run(slots.release());
            link.yieldAt(execution.assignment(), checkpoint);
            depart(execution);
        }

        @Override
        public void save(StepExecution execution, Checkpoint checkpoint) throws InterruptedException {
            link.checkpoint(execution.assignment(), checkpoint);
            listeners.tell(listener -> listener.checkpointed(execution.assignment(), checkpoint));
        }

        @Override
        public boolean publish(StepExecution execution, HandlerEvent event) throws InterruptedException {
            return link.publish(execution.assignment(), event);
        }

        @Override
        public void vacated(StepExecution execution, boolean slotOwed, boolean quarantined) {
            run(slots.release());
            depart(execution);
            if (slotOwed) {
                link.returnSlot();
            }
            if (quarantined) {
                listeners.tell(listener -> listener.released(execution.assignment()));
            }
        }
    }
}
