package dev.tasker.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what the engine's threads bring about and no future tells; looks again every few milliseconds. */
public final class Eventually {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_MILLIS = 4;

    private Eventually() {}

    /** Returns the first value that is {@code wanted}; fails naming {@code what} and the last value when none comes. */
    public static <T> T get(String what, Supplier<T> value, Predicate<T> wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (true) {
            T found = value.get();
            if (wanted.test(found)) {
                return found;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(what + ": " + found + " after " + PATIENCE + " (expected: otherwise)");
            }
            try {
                boolean ignored = never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
        }
    }

    /** Waits until {@code value} equals {@code expected}. */
    public static <T> void equals(String what, T expected, Supplier<T> value) {
        T ignored = get(what + " to be " + expected, value, expected::equals);
    }
}
