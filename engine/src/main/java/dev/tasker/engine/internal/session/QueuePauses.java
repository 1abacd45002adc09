package dev.tasker.engine.internal.session;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Queues that a session is not served from for a while, because it gave back a step of theirs that it had no handler for. Each pause of a
 * queue is twice as long as the one before, up to a bound; a session that was left alone for as long as its last pause begins anew.
 * Thread-safe.
 */
final class QueuePauses {
    private static final Duration LENGTH_MAX = Duration.ofMinutes(1);

    private final ConcurrentHashMap<Integer, Pause> pauses = new ConcurrentHashMap<>();
    private final LongSupplier ticks;

    /** @param ticks nanoseconds that only pass */
    QueuePauses(LongSupplier ticks) {
        this.ticks = ticks;
    }

    /** Kept for as long again as it lasted: until then another one is its successor. */
    private record Pause(long end, long length) {
        boolean covers(long now) {
            return end - now > 0;
        }

        boolean isForgotten(long now) {
            return now - end >= length;
        }
    }

    /** @param first how long the first pause lasts, and the longest one where that is more than a minute */
    void begin(int queueId, Duration first) {
        long now = ticks.getAsLong();
        long longest = Math.max(first.toNanos(), LENGTH_MAX.toNanos());
        pauses.compute(queueId, (_, last) -> {
            if (last != null && last.covers(now)) {
                return last; // given back with others that were under way
            }
            boolean isFirst = last == null || last.isForgotten(now);
            long length = isFirst ? first.toNanos() : Math.min(2 * last.length(), longest);
            return new Pause(now + length, length);
        });
    }

    boolean covers(int queueId) {
        Pause pause = pauses.get(queueId);
        return pause != null && pause.covers(ticks.getAsLong());
    }

    /** Those of {@code queueIds} that no pause covers. */
    Collection<Integer> without(Collection<Integer> queueIds) {
        if (pauses.isEmpty()) {
            return queueIds;
        }
        forget(ticks.getAsLong());
        return queueIds.stream().filter(queueId -> !covers(queueId)).toList();
    }

    /** How long until the first pause ends, never zero; null: there is none. */
    @Nullable
    Duration untilNextEnd() {
        if (pauses.isEmpty()) {
            return null;
        }
        long now = ticks.getAsLong();
        forget(now);
        long next = Long.MAX_VALUE;
        for (Pause pause : pauses.values()) {
            if (pause.covers(now)) {
                next = Math.min(next, pause.end() - now);
            }
        }
        return next == Long.MAX_VALUE ? null : Duration.ofNanos(next);
    }

    private void forget(long now) {
        pauses.values().removeIf(pause -> pause.isForgotten(now));
    }
}
