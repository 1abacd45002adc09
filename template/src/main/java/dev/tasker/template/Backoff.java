package dev.tasker.template;

import java.time.Duration;

/**
 * The delay between the attempts of a step (spec 06 §8.5, spec 01 §4.4).
 *
 * @param base delay after the first failed attempt
 * @param max no delay is longer
 */
public record Backoff(BackoffStrategy strategy, Duration base, Duration max) {
    /** Fills in what a retry block leaves out once it states at least one backoff key. */
    public static final Backoff DEFAULT =
            new Backoff(BackoffStrategy.EXPONENTIAL, Duration.ofSeconds(1), Duration.ofSeconds(30));

    public Backoff {
        if (base.isNegative()) {
            throw new IllegalArgumentException("backoff.base: " + base + " (expected: not negative)");
        }
        if (max.isNegative()) {
            throw new IllegalArgumentException("backoff.max: " + max + " (expected: not negative)");
        }
    }

    /**
     * The delay before the next attempt, to the millisecond and without jitter.
     *
     * @param attemptsMade attempts so far, 1 after the first failure
     */
    public Duration delayAfter(int attemptsMade) {
        if (attemptsMade < 1) {
            throw new IllegalArgumentException("attemptsMade: " + attemptsMade + " (expected: at least 1)");
        }
        long limit = max.toMillis();
        long unit = base.toMillis();
        return Duration.ofMillis(
                switch (strategy) {
                    case NONE -> 0;
                    case LINEAR -> capped(unit, attemptsMade, limit);
                    case EXPONENTIAL -> capped(unit, powerOfTwo(attemptsMade - 1), limit);
                    case FIBONACCI -> capped(unit, fibonacci(attemptsMade), limit);
                });
    }

    private static long capped(long unit, long factor, long limit) {
        return unit == 0 || factor <= limit / unit ? unit * factor : limit;
    }

    private static long powerOfTwo(int exponent) {
        return exponent < Long.SIZE - 1 ? 1L << exponent : Long.MAX_VALUE;
    }

    /** 1, 1, 2, 3, 5 and so on; stays at the largest long from the 93rd number on. */
    private static long fibonacci(int position) {
        long previous = 0;
        long current = 1;
        for (int i = 1; i < position; i++) {
            long next = previous + current;
            if (next < 0) {
                return Long.MAX_VALUE;
            }
            previous = current;
            current = next;
        }
        return current;
    }
}
