package dev.tasker.testkit.interleaving;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits, bounded, for what other threads and server processes are about to do. */
final class Eventually {
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private Eventually() {}

    /** Returns when {@code condition} holds; fails with {@code otherwise} when it does not in time. */
    static void await(Duration atMost, BooleanSupplier condition, Supplier<String> otherwise) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(otherwise.get() + " (after " + atMost + ")");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
