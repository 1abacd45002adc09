package dev.tasker.client;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Spares a server that is away, and whoever waits for it: after some calls in a row without an answer none is made for a while, then one at a
 * time until one is answered. Thread-safe.
 */
final class Breaker {
    private static final int FAILURES_MAX = 5;
    private static final Duration REST = Duration.ofSeconds(5);

    private final LongSupplier ticker;
    private int failures;
    private long restsUntil;
    private boolean trying;

    /** @param ticker nanoseconds that only grow */
    Breaker(LongSupplier ticker) {
        this.ticker = ticker;
    }

    /** How long no call is made; zero for one that may be made, which then must be told of by {@link #answered} or {@link #failed}. */
    synchronized Duration admit() {
        if (failures < FAILURES_MAX) {
            return Duration.ZERO;
        }
        long left = restsUntil - ticker.getAsLong();
        if (left > 0 || trying) {
            return Duration.ofNanos(Math.max(left, 1));
        }
        trying = true;
        return Duration.ZERO;
    }

    /** Somebody is there, whatever was said. */
    synchronized void answered() {
        failures = 0;
        trying = false;
    }

    /** Nobody answered. */
    synchronized void failed() {
        failures++;
        restsUntil = ticker.getAsLong() + REST.toNanos();
        trying = false;
    }

    /** Nothing was learned: the caller gave up. */
    synchronized void abandoned() {
        trying = false;
    }
}
