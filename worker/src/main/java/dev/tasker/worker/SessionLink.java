package dev.tasker.worker;

import dev.tasker.worker.event.DomainEvent;
import dev.tasker.worker.event.HandlerEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one session with the source open, accounts for its credit, and keeps each outcome until it is answered: one that
 * a lost session left unanswered is sent again through the next, to be judged by its token.
 *
 * <p>Credit: {@code held} counts the slots that are not credit of the current session, so that
 * {@code held + credit = slots} whenever nobody is inside the lock, and a new session gets exactly what is free. Every
 * assignment holds a slot until it is completed through the current session or the slot is granted again.
 */
@SuppressWarnings("ReferenceEquality") // a session is the one it is, whatever a source makes of equals
final class SessionLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SessionLink.class);
    private static final Duration BACKOFF_FIRST = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(10);

    private final WorkSource source;
    private final Registration registration;
    private final AssignmentListener receiver;
    private final Listeners listeners;
    private final ConcurrentHashMap<Assignment, Outcome> unanswered = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Object lock = new Object();
    private @Nullable WorkSession session; // guarded by lock, as is the next
    private int held;
    private volatile boolean draining;

    SessionLink(WorkSource source, Registration registration, AssignmentListener receiver, Listeners listeners) {
        this.source = source;
        this.registration = registration;
        this.receiver = receiver;
        this.listeners = listeners;
    }

    /** Opens a session, grants what is free and sends what is unanswered. */
    void open() {
        var inbox = new Inbox();
        WorkSession opened = source.open(registration, inbox);
        int free;
        boolean lostEarly;
        List<Outcome> resend = new ArrayList<>();
        synchronized (lock) {
            if (closed.getCount() == 0) {
                opened.close();
                return;
            }
            inbox.session = opened;
            lostEarly = inbox.lostEarly;
            session = opened;
            lock.notifyAll(); // checkpoints wait for it
            for (Outcome outcome : unanswered.values()) {
                if (!outcome.holdsSlot) {
                    outcome.holdsSlot = true;
                    held++;
                }
                resend.add(outcome);
            }
            free = registration.maxInFlight() - held;
        }
        listeners.tell(listener -> listener.sessionOpened(opened.sessionId()));
        if (draining) {
            opened.drain();
        } else if (free > 0) {
            opened.grant(free);
        }
        resend.forEach(this::deliver);
        if (lostEarly) {
            replace(inbox, new IllegalStateException("session lost while it was opened"));
        }
    }

    /** Whether the source hears this worker now. */
    boolean isConnected() {
        WorkSession current;
        synchronized (lock) {
            current = session;
        }
        return current != null && current.isConnected();
    }

    /** Slots that the source may fill now; they are granted to whichever session stands. */
    int credit() {
        synchronized (lock) {
            return draining ? 0 : Math.max(0, registration.maxInFlight() - held);
        }
    }

    /** Counts assignments that arrived; each holds a slot from now on. */
    void hold(int slots) {
        synchronized (lock) {
            held += slots;
        }
    }

    /** Sends an outcome until it is answered; its slot is credit again at once. */
    void complete(Assignment assignment, StepReport report) {
        send(new Outcome.Report(assignment, report, false));
    }

    /**
     * Sends a checkpoint that ends its assignment; its slot is credit again at once. Without an answer in time the attempt fails;
     * should the checkpoint have been saved after all, the step goes on, and the failure is too late.
     */
    void yieldAt(Assignment assignment, Checkpoint checkpoint) {
        var outcome = new Outcome.Yielded(assignment, checkpoint, PATIENCE);
        var _ = outcome.settled.whenComplete((status, _) -> {
            if (status == null) {
                giveUp(outcome);
            } else {
                answered(outcome, status);
            }
        });
        send(outcome);
    }

    /** Saves the checkpoint of a running handler, through whichever session stands. */
    void checkpoint(Assignment assignment, Checkpoint checkpoint) throws InterruptedException {
        CompletionStatus status;
        try {
            status = ask(current -> current.checkpoint(assignment, checkpoint));
        } catch (TimeoutException e) {
            throw new CheckpointStepException(String.valueOf(e.getMessage()), e);
        }
        if (status != CompletionStatus.ACCEPTED && status != CompletionStatus.DUPLICATE) {
            throw new CheckpointStepException("the source answered " + status, null);
        }
    }

    /** Publishes an event of a running handler, through whichever session stands; whether it is published. */
    boolean publish(Assignment assignment, HandlerEvent event) throws InterruptedException {
        String answer;
        try {
            CompletionStatus status = ask(current -> current.publish(assignment, event));
            if (status == CompletionStatus.ACCEPTED || status == CompletionStatus.DUPLICATE) {
                return true;
            }
            answer = "the source answered " + status;
        } catch (TimeoutException e) {
            answer = String.valueOf(e.getMessage());
        }
        LOG.warn("{}: event {} {} is not published: {}", assignment, event.name(), event.eventId(), answer);
        return false;
    }

    private CompletionStatus ask(Function<WorkSession, CompletableFuture<CompletionStatus>> question)
            throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        WorkSession failed = null;
        while (true) {
            WorkSession current = otherThan(failed, deadline);
            CompletableFuture<CompletionStatus> answer = question.apply(current);
            try {
                return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                failed = current; // it is gone; another follows
            } catch (TimeoutException _) {
                answer.cancel(false);
                throw new TimeoutException("no answer within " + PATIENCE);
            }
        }
    }

    private WorkSession otherThan(@Nullable WorkSession failed, long deadline)
            throws InterruptedException, TimeoutException {
        synchronized (lock) {
            for (WorkSession current = session; ; current = session) {
                if (current != null && current != failed) {
                    return current;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0 || closed.getCount() == 0) {
                    throw new TimeoutException("no session within " + PATIENCE);
                }
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
        }
    }

    /** Gives an assignment back and, unless draining, its slot. */
    void reject(Assignment assignment, RejectReason reason) {
        WorkSession current;
        synchronized (lock) {
            current = session;
        }
        if (current != null) {
            current.reject(assignment, reason);
        }
        listeners.tell(listener -> listener.rejected(assignment, reason));
        returnSlot();
    }

    /** Makes a slot credit that no completion returns. */
    void returnSlot() {
        WorkSession current;
        synchronized (lock) {
            held--;
            current = draining ? null : session;
        }
        if (current != null) {
            current.grant(1);
        }
    }

    /** Takes one slot out of use; true when {@link #returnSlot} has to bring it back. */
    boolean withhold() {
        WorkSession current;
        synchronized (lock) {
            current = session;
        }
        if (current == null || !current.withhold(1)) {
            return false;
        }
        synchronized (lock) {
            if (session != current) {
                return false;
            }
            held++;
            return true;
        }
    }

    void drain() {
        WorkSession current;
        draining = true;
        synchronized (lock) {
            current = session;
        }
        if (current != null) {
            current.drain();
        }
    }

    /** Waits, when draining, until every report is answered or the time is up; answers how many are not. */
    int awaitAnswered(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (lock) {
            long left = limit.toNanos();
            while (!unanswered.isEmpty() && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(lock, left);
                left = deadline - System.nanoTime();
            }
        }
        return unanswered.size();
    }

    @Override
    public void close() {
        closed.countDown();
        WorkSession current;
        synchronized (lock) {
            lock.notifyAll();
            current = session;
            session = null;
        }
        if (current != null) {
            current.close();
        }
    }

    private void send(Outcome outcome) {
        unanswered.put(outcome.assignment, outcome);
        deliver(outcome);
    }

    private void deliver(Outcome outcome) {
        WorkSession current;
        synchronized (lock) {
            current = session;
            if (current == null || outcome.sentThrough == current) {
                return; // the next session takes it along, or this one has it already
            }
            outcome.sentThrough = current;
            if (outcome.holdsSlot) {
                outcome.holdsSlot = false;
                held--;
            }
        }
        var _ = outcome.sendThrough(current).whenComplete((status, failure) -> {
            if (status == null) {
                LOG.warn("{}: outcome unanswered, kept for the next session", outcome.assignment, failure);
            } else if (outcome instanceof Outcome.Yielded yielded) {
                yielded.settled.complete(status);
            } else {
                answered(outcome, status);
            }
        });
    }

    private void answered(Outcome outcome, CompletionStatus status) {
        StepResult.Failure standIn = status == CompletionStatus.INVALID ? outcome.standIn() : null;
        if (standIn == null) {
            unanswered.remove(outcome.assignment, outcome);
        }
        listeners.tell(listener -> outcome.tellAnswered(listener, status));
        if (standIn != null) {
            hold(1);
            send(standIn(outcome, standIn));
        }
        if (draining && unanswered.isEmpty()) {
            synchronized (lock) {
                lock.notifyAll();
            }
        }
    }

    /** An open step must end: what cannot be stored is followed by a failure that can. */
    private Outcome standIn(Outcome refused, StepResult.Failure failure) {
        StepReport report = new ResultDocument(registration.workerName(), Integer.MAX_VALUE, false)
                .failure(failure, null, refused.executionTime());
        return new Outcome.Report(refused.assignment, report, true);
    }

    private void giveUp(Outcome.Yielded unsaved) {
        Outcome standIn =
                standIn(unsaved, FailureClassifier.notSaved(unsaved.assignment, "no answer within " + PATIENCE));
        synchronized (lock) {
            standIn.holdsSlot = unsaved.holdsSlot;
            unsaved.holdsSlot = false;
        }
        send(standIn);
    }

    private void replace(Inbox inbox, Throwable cause) {
        synchronized (lock) {
            if (inbox.session == null) {
                inbox.lostEarly = true;
                return;
            }
            if (session != inbox.session) {
                return;
            }
            session = null;
        }
        listeners.tell(listener -> listener.sessionLost(cause));
        Thread.ofVirtual().name("tasker-session").start(this::reopen);
    }

    private void reopen() {
        for (int failures = 0; ; failures++) {
            try {
                if (closed.await(pauseNanos(failures), TimeUnit.NANOSECONDS)) {
                    return;
                }
                open();
                return;
            } catch (RuntimeException e) {
                LOG.warn("no session with the source after {} attempts", failures + 1, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Full jitter: anything between nothing and a bound that doubles, so that a fleet does not return as one. */
    private static long pauseNanos(int failures) {
        long bound = Math.min(BACKOFF_MAX.toNanos(), BACKOFF_FIRST.toNanos() << Math.min(failures, 20));
        return ThreadLocalRandom.current().nextLong(bound + 1);
    }

    /** Listens for one session, so that a late message of a lost one is not taken for its successor's. */
    private final class Inbox implements AssignmentListener {
        private @Nullable WorkSession session; // guarded by lock, as is the next
        private boolean lostEarly;

        @Override
        public void assigned(List<Assignment> assignments) {
            receiver.assigned(assignments);
        }

        @Override
        public void lost(Assignment assignment) {
            receiver.lost(assignment);
        }

        @Override
        public void told(int subscription, DomainEvent event) {
            receiver.told(subscription, event);
        }

        @Override
        public void sessionLost(Throwable cause) {
            replace(this, cause);
        }
    }
}
