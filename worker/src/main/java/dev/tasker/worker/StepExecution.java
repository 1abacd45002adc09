package dev.tasker.worker;

import dev.tasker.worker.StepResult.CheckpointYield;
import dev.tasker.worker.StepResult.Failure;
import dev.tasker.worker.StepResult.Success;
import dev.tasker.worker.event.HandlerEvent;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on its thread. Four sides can end it: the handler, its deadline, the loss of its lease, the end of the
 * worker. Whoever comes first decides, under the monitor of this object:
 *
 * <pre>
 * WAITING ──→ RUNNING ──→ ENDED                          the handler's own outcome
 *    │           ├──→ STOPPING ──→ ENDED                 timed out, the handler heeded its interruption
 *    │           │        ├──→ ABANDONED ──→ ENDED       timed out and reported, the thread still runs
 *    ├───────────┴────────┴──→ LOST ──→ ENDED            nothing to report
 *    └ (worker stops: RUNNING or STOPPING → ABANDONED, WAITING → LOST)
 * </pre>
 *
 * Interruptions are sent inside the monitor only, so none arrives after the handler has ended.
 */
final class StepExecution implements Runnable {

    private static final long NEVER_NANOS = Long.MAX_VALUE / 4;
    private static final Duration LONGEST = Duration.ofNanos(NEVER_NANOS);

    /** What the worker does when an attempt takes a turn. No call is made inside the monitor. */
    interface Owner {

        /** The handler is about to run and must end before {@code dueNanos}. */
        void started(StepExecution execution, long dueNanos);

        /** The handler was interrupted because its time is up. */
        void timedOut(StepExecution execution);

        /** The grace of a timed-out handler is over; the owner may {@link #abandon} it. */
        void graceExpired(StepExecution execution);

        /** A handler without a lease outlived its interruption by the grace. */
        void outlivedLoss(StepExecution execution);

        /** The handler has ended with this outcome, and the thread with it. */
        void ended(StepExecution execution, StepReport report);

        /** The handler has ended, to go on from this checkpoint, and the thread with it. */
        void yielded(StepExecution execution, Checkpoint checkpoint);

        /** The handler wants its progress saved and waits for it. */
        void save(StepExecution execution, Checkpoint checkpoint) throws InterruptedException;

        /** The handler publishes an event and waits for it; whether it is published. */
        boolean publish(StepExecution execution, HandlerEvent event) throws InterruptedException;

        /**
         * The thread has ended; its outcome was reported before or is to be discarded.
         *
         * @param slotOwed whether the slot is yet to be granted again
         * @param quarantined whether it outlived its interruption
         */
        void vacated(StepExecution execution, boolean slotOwed, boolean quarantined);
    }

    private enum Phase {
        WAITING,
        RUNNING,
        STOPPING,
        LOST,
        ABANDONED,
        ENDED
    }

    /** What a closing worker has to do about an attempt. */
    enum Closing {
        REJECT,
        REPORT,
        NOTHING
    }

    private final Assignment assignment;
    private final StepHandler handler;
    private final ResultDocument documents;
    private final Duration timeout;
    private final long timeoutNanos;
    private final long stopGraceNanos;
    private final LongSupplier ticker;
    private final Owner owner;

    private Phase phase = Phase.WAITING; // guarded by this, as are the rest
    private @Nullable Thread thread;
    private long startedNanos;
    private long dueNanos;
    private boolean slotOwed;
    private boolean quarantined;

    StepExecution(
            Assignment assignment,
            StepHandler handler,
            ResultDocument documents,
            WorkerConfig config,
            LongSupplier ticker,
            Owner owner) {
        this.assignment = assignment;
        this.handler = handler;
        this.documents = documents.by(handler.version());
        this.timeout = assignment.timeout().isZero() ? config.handlerTimeout() : assignment.timeout();
        this.timeoutNanos = timeout.compareTo(LONGEST) < 0 ? timeout.toNanos() : NEVER_NANOS;
        this.stopGraceNanos = config.stopGrace().toNanos();
        this.ticker = ticker;
        this.owner = owner;
    }

    Assignment assignment() {
        return assignment;
    }

    @Override
    public void run() {
        if (begin()) {
            owner.started(this, startedNanos + timeoutNanos);
            Ending own = attempt();
            Phase before = end();
            if (before == Phase.RUNNING) {
                switch (own) {
                    case Reported(StepReport report) -> owner.ended(this, report);
                    case Yielded(Checkpoint checkpoint) -> owner.yielded(this, checkpoint);
                }
                return;
            }
            if (before == Phase.STOPPING) {
                owner.ended(this, timeoutReport());
                return;
            }
        }
        owner.vacated(this, slotOwed, quarantined);
    }

    /** Takes the next step towards the end if it is due; answers when there is one to take next. */
    long advance(long nowNanos) {
        Phase due;
        long next;
        synchronized (this) {
            if (thread == null || dueNanos - nowNanos > 0) {
                return thread == null ? nowNanos + NEVER_NANOS : dueNanos;
            }
            due = phase;
            if (phase == Phase.RUNNING) {
                phase = Phase.STOPPING;
                dueNanos = nowNanos + stopGraceNanos;
                thread.interrupt();
            } else {
                dueNanos = nowNanos + NEVER_NANOS;
                quarantined = phase == Phase.LOST || quarantined;
            }
            next = dueNanos;
        }
        switch (due) {
            case RUNNING -> owner.timedOut(this);
            case STOPPING -> owner.graceExpired(this);
            case LOST -> owner.outlivedLoss(this);
            case WAITING, ABANDONED, ENDED -> {}
        }
        return next;
    }

    /**
     * Gives up on the thread of a timed-out handler.
     *
     * @param withheld whether its slot was taken out of credit and so has to be granted when the thread ends
     * @return the outcome to report, or null when the handler has ended meanwhile
     */
    @Nullable
    StepReport abandon(boolean withheld) {
        synchronized (this) {
            if (phase != Phase.STOPPING) {
                return null;
            }
            phase = Phase.ABANDONED;
            slotOwed = withheld;
            quarantined = true;
        }
        return timeoutReport();
    }

    /** Interrupts the handler and discards its outcome; false when there is none to discard any more. */
    synchronized boolean lose() {
        if (phase == Phase.ABANDONED || phase == Phase.LOST || phase == Phase.ENDED) {
            return false;
        }
        phase = Phase.LOST;
        slotOwed = true;
        dueNanos = ticker.getAsLong() + stopGraceNanos;
        interrupt();
        return true;
    }

    /** Ends the attempt for the sake of a closing worker, whose slots are owed to nobody. */
    synchronized Closing shutDown() {
        return switch (phase) {
            case WAITING -> {
                phase = Phase.LOST;
                yield Closing.REJECT;
            }
            case RUNNING, STOPPING -> {
                phase = Phase.ABANDONED;
                interrupt();
                yield Closing.REPORT;
            }
            case LOST, ABANDONED, ENDED -> Closing.NOTHING;
        };
    }

    StepReport shutdownReport() {
        return documents.failure(FailureClassifier.shutDown(assignment), null, elapsed());
    }

    private synchronized boolean begin() {
        if (phase != Phase.WAITING) {
            return false;
        }
        phase = Phase.RUNNING;
        thread = Thread.currentThread();
        startedNanos = ticker.getAsLong();
        dueNanos = startedNanos + timeoutNanos;
        return true;
    }

    private sealed interface Ending {}

    private record Reported(StepReport report) implements Ending {}

    private record Yielded(Checkpoint checkpoint) implements Ending {}

    private Ending attempt() {
        var context = new StepContext(
                assignment, checkpoint -> owner.save(this, checkpoint), event -> owner.publish(this, event));
        try (StepLogFields _ = StepLogFields.of(assignment)) {
            StepResult result = handler.handle(context);
            Duration elapsed = elapsed();
            return switch (result) {
                case Success success -> new Reported(documents(context).success(success, elapsed));
                case Failure failure -> new Reported(documents(context).failure(failure, null, elapsed));
                case CheckpointYield yielded -> yielded(yielded, elapsed);
                case null -> new Reported(documents(context).success(StepResult.success(), elapsed));
            };
        } catch (Throwable thrown) { // user code: whatever it throws, the step must end
            Throwable unexpected = thrown instanceof StepException ? null : thrown;
            Failure failure = FailureClassifier.thrown(thrown, assignment);
            return new Reported(documents(context).failure(failure, unexpected, elapsed()));
        }
    }

    private ResultDocument documents(StepContext context) {
        String version = context.handlerVersion();
        return version == null ? documents : documents.by(version);
    }

    private Ending yielded(CheckpointYield result, Duration elapsed) {
        try {
            return new Yielded(Checkpoint.of(result.cursor(), result.itemsProcessed(), result.accumulatedResults()));
        } catch (RuntimeException | StackOverflowError e) { // values are user code too
            String reason = String.valueOf(e.getMessage());
            return new Reported(documents.failure(FailureClassifier.notSaved(assignment, reason), null, elapsed));
        }
    }

    private synchronized Phase end() {
        Phase before = phase;
        phase = Phase.ENDED;
        thread = null;
        Thread.interrupted(); // meant for the handler, not for what follows on this thread
        return before;
    }

    private void interrupt() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    private StepReport timeoutReport() {
        return documents.failure(FailureClassifier.timedOut(timeout, assignment), null, elapsed());
    }

    private Duration elapsed() {
        return Duration.ofNanos(Math.max(0, ticker.getAsLong() - startedNanos));
    }
}
