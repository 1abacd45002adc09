package dev.tasker.server.gateway;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Repeats calls that the engine could not take, with growing pauses, within what one stream may keep in memory. */
final class Redelivery {
    /** Failures that are nobody's overload: after so many the result is refused. */
    static final int FAILURES_MAX = 3;

    private static final int KEPT_MAX = 1_024;
    private static final long KEPT_LENGTH_MAX = 32L << 20;
    private static final long PAUSE_FIRST_MS = 50;
    private static final int DOUBLINGS_MAX = 6;

    private final WorkerGateway gateway;
    private final AtomicInteger kept = new AtomicInteger();
    private final AtomicLong keptLength = new AtomicLong();

    Redelivery(WorkerGateway gateway) {
        this.gateway = gateway;
    }

    /** Runs {@code call} later; false when too much waits already and the worker has to repeat it. */
    boolean later(int failures, int length, Runnable call) {
        int calls = kept.incrementAndGet();
        long characters = keptLength.addAndGet(length);
        if (calls > KEPT_MAX || characters > KEPT_LENGTH_MAX) {
            release(length);
            return false;
        }
        gateway.after(pauseMs(failures), () -> {
            release(length);
            call.run();
        });
        return true;
    }

    /** As {@link #later}, for calls that nobody repeats; they hold a lease each, which bounds them. */
    void always(int failures, Runnable call) {
        gateway.after(pauseMs(failures), call);
    }

    private void release(int length) {
        kept.decrementAndGet();
        keptLength.addAndGet(-length);
    }

    private static long pauseMs(int failures) {
        long bound = PAUSE_FIRST_MS << Math.min(failures, DOUBLINGS_MAX);
        return bound / 2 + ThreadLocalRandom.current().nextLong(bound / 2 + 1);
    }
}
