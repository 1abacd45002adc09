package dev.tasker.engine.internal.session;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.internal.session.LiveSession.Held;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Finds the leases of this node's sessions that are out of time: the step's limit, the time to stop a handler and the lease's grace have
 * passed since the assignment was handed over, and no result came, however often the worker renewed (04 §9.6). The sessions of a node that
 * died are renewed by nobody, so that their leases run out instead.
 *
 * <p>Costs two reads per lease as a rule, one look at the held leases when the earliest deadline passes, and nothing while none is held: the
 * next look is asked for only when a deadline comes before the one it is already planned for. Thread-safe; passes are made by one thread.
 */
public final class StepDeadlines {
    private static final Duration NOTHING_DUE = Duration.ofHours(1);
    private static final long NEVER = LiveSession.NO_DEADLINE;
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 4;

    /** How long after its end was asked for a lease is looked at again: the lane may have been full. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SessionRegistry sessions;
    private final long marginNanos;
    private final LongSupplier nanos;
    private final long origin;
    private final Consumer<Duration> lookWithin;
    private volatile long planned = NEVER; // lowered under the monitor of this

    /**
     * @param nanos ticks, such as {@code System::nanoTime}
     * @param lookWithin asks for a pass after so long
     */
    public StepDeadlines(
            SessionRegistry sessions, LeaseConfig leases, LongSupplier nanos, Consumer<Duration> lookWithin) {
        this.sessions = sessions;
        this.marginNanos = leases.stopGrace().plus(leases.grace()).toNanos();
        this.nanos = nanos;
        this.origin = nanos.getAsLong();
        this.lookWithin = lookWithin;
    }

    /** A lease that is out of time. */
    public record Overdue(LiveSession session, Held lease, Assignment assignment, Duration timeout) {}

    /** The assignment is about to be handed over: its time runs. */
    public void begin(LiveSession session, Held lease, Assignment assignment) {
        Duration timeout = session.timeoutOf(assignment);
        if (timeout.isZero()) {
            return;
        }
        long now = now();
        long deadline = now
                + Math.min(
                        timeout.compareTo(Duration.ofNanos(LONGEST_NANOS)) < 0 ? timeout.toNanos() : LONGEST_NANOS,
                        LONGEST_NANOS)
                + marginNanos;
        lease.endsBy(deadline);
        if (deadline < planned && plan(deadline)) {
            lookWithin.accept(Duration.ofNanos(deadline - now));
        }
    }

    /** Hands every lease that is out of time to {@code overdue} and returns how long none will be. */
    public Duration runOnce(Consumer<Overdue> overdue) {
        long now = now();
        if (planned > now) {
            return sleep(planned, now);
        }
        planned = NEVER; // whoever sets a deadline from here on asks for a look, so that none is missed by this one
        long earliest = NEVER;
        for (LiveSession session : sessions.all()) {
            for (Held lease : session.currentLeases()) {
                Assignment assignment = lease.assignment();
                if (lease.deadline() <= now && assignment != null) {
                    lease.endsBy(now + AGAIN_NANOS);
                    overdue.accept(new Overdue(session, lease, assignment, session.timeoutOf(assignment)));
                }
                earliest = Math.min(earliest, lease.deadline());
            }
        }
        plan(earliest);
        return sleep(planned, now);
    }

    private static Duration sleep(long planned, long now) {
        return planned == NEVER ? NOTHING_DUE : Duration.ofNanos(Math.max(1, planned - now));
    }

    private synchronized boolean plan(long deadline) {
        if (deadline >= planned) {
            return false;
        }
        planned = deadline;
        return true;
    }

    private long now() {
        return nanos.getAsLong() - origin;
    }
}
