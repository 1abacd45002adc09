package dev.tasker.engine.internal.lane;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers the calls that lease steps, and knows up to which one all answers were seen: what those leased and a session no longer holds has
 * ended. Thread-safe.
 */
public final class BatchNumbers {
    private final AtomicLong last = new AtomicLong();
    private final ConcurrentSkipListSet<Long> open = new ConcurrentSkipListSet<>();
    private final ConcurrentSkipListMap<Long, Long> lost =
            new ConcurrentSkipListMap<>(); // with the ticks when they were

    /** A number for a call about to be made; {@link #answered} has to follow. */
    public synchronized long begin() {
        long number = last.incrementAndGet();
        open.add(number);
        return number;
    }

    /** The call was answered and its leases are known to their sessions, or it certainly wrote nothing. */
    public void answered(long number) {
        open.remove(number);
    }

    /** The call's answer was lost: what it leased may be unknown here, so it stays open until {@link #reconciled}. */
    public void lost(long number) {
        lost.put(number, System.nanoTime());
    }

    /** Calls whose answer was lost and since when, in nanosecond ticks: a reconciliation that begins now finds what they leased. */
    public Map<Long, Long> lost() {
        return Map.copyOf(lost);
    }

    /** What these calls leased is known to their sessions now, and they certainly run no longer. */
    public void reconciled(Collection<Long> numbers) {
        numbers.forEach(lost::remove);
        numbers.forEach(open::remove);
    }

    /** Every call up to this number was answered. */
    public synchronized long settled() {
        return open.isEmpty() ? last.get() : open.first() - 1;
    }
}
