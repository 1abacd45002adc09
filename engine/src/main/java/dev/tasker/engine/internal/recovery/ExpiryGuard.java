package dev.tasker.engine.internal.recovery;

import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forbids expiry while sessions could not have renewed themselves: for one full lease after the database was away, was restarted, or its
 * time disagreed with this node's ticks (DESIGN §4). Thread-safe.
 */
public final class ExpiryGuard {
    private static final Logger log = LoggerFactory.getLogger(ExpiryGuard.class);

    /** Largest disagreement of the clocks that is not taken for a step. */
    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    private final long leaseNanos;
    private boolean suspended;
    private long suspendedUntil;
    private boolean anchored;
    private Instant databaseTime = Instant.EPOCH;
    private long ticks;

    public ExpiryGuard(Duration lease) {
        this.leaseNanos = lease.toNanos();
    }

    /** The database was away until now, for this node at least. */
    public synchronized void outage(long nowNanos) {
        suspendUntil(nowNanos + leaseNanos);
    }

    /** The database has been up for {@code uptime}: sessions had that long to renew themselves. */
    public synchronized void databaseUpFor(Duration uptime, long nowNanos) {
        long missing = leaseNanos - uptime.toNanos();
        if (missing > 0) {
            suspendUntil(nowNanos + missing);
        }
    }

    /** The database's time as read at {@code nowNanos}. */
    public synchronized void clockRead(Instant time, long nowNanos) {
        if (anchored) {
            long disagreement = Duration.between(databaseTime, time).toNanos() - (nowNanos - ticks);
            if (Math.abs(disagreement) > TOLERANCE.toNanos()) {
                log.warn(
                        "database time moved by {} ms against this node's ticks; no lease expires for one lease",
                        disagreement / 1_000_000);
                suspendUntil(nowNanos + leaseNanos);
            }
        }
        anchored = true;
        databaseTime = time;
        ticks = nowNanos;
    }

    /** Whether sessions may be expired now. */
    public synchronized boolean allows(long nowNanos) {
        if (suspended && nowNanos - suspendedUntil >= 0) {
            suspended = false;
        }
        return !suspended;
    }

    /** How long expiry stays forbidden; zero when it is not. */
    public synchronized Duration remaining(long nowNanos) {
        return allows(nowNanos) ? Duration.ZERO : Duration.ofNanos(suspendedUntil - nowNanos);
    }

    private void suspendUntil(long nanos) {
        if (!suspended || nanos - suspendedUntil > 0) {
            suspended = true;
            suspendedUntil = nanos;
        }
    }
}
