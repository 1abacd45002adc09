package dev.tasker.engine.internal.session;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Queues that a session is not served from for a while, because it gave back a step of theirs that it had no handler for. Thread-safe. */
final class QueuePauses {
    private final ConcurrentHashMap<Integer, Long> ends = new ConcurrentHashMap<>();

    void begin(int queueId, Duration pause) {
        ends.put(queueId, System.nanoTime() + pause.toNanos());
    }

    boolean covers(int queueId) {
        Long end = ends.get(queueId);
        return end != null && end - System.nanoTime() > 0;
    }

    /** Those of {@code queueIds} that no pause covers. */
    Collection<Integer> without(Collection<Integer> queueIds) {
        if (ends.isEmpty()) {
            return queueIds;
        }
        forgetEnded(System.nanoTime());
        return queueIds.stream().filter(queueId -> !ends.containsKey(queueId)).toList();
    }

    /** How long until the first pause ends, never zero; null: there is none. */
    @Nullable
    Duration untilNextEnd() {
        if (ends.isEmpty()) {
            return null;
        }
        long now = System.nanoTime();
        forgetEnded(now);
        long next = Long.MAX_VALUE;
        for (long end : ends.values()) {
            next = Math.min(next, end - now);
        }
        return next == Long.MAX_VALUE ? null : Duration.ofNanos(next);
    }

    private void forgetEnded(long now) {
        ends.values().removeIf(end -> end - now <= 0);
    }
}
