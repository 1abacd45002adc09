package dev.tasker.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a call that may be repeated is repeated: after a random time below base × 2^n (full jitter), or what the server asks for if that is
 * longer.
 *
 * @param attempts in all; 1 never repeats
 * @param base of the first pause
 * @param max of any pause of our own choosing
 */
public record RetryPolicy(int attempts, Duration base, Duration max) {
    public static final RetryPolicy DEFAULT = new RetryPolicy(3, Duration.ofMillis(200), Duration.ofSeconds(5));
    public static final RetryPolicy NEVER = new RetryPolicy(1, Duration.ZERO, Duration.ZERO);

    private static final int DOUBLINGS_MAX = 30;

    public RetryPolicy {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts: " + attempts + " (expected: >= 1)");
        }
        if (base.isNegative() || max.compareTo(base) < 0) {
            throw new IllegalArgumentException("base: " + base + " (expected: from zero to max, " + max + ")");
        }
    }

    /** How long to wait after the attempt of this number, the first being 1. */
    Duration pause(int attempt, RandomGenerator random) {
        long bound = Math.min(
                max.toNanos(),
                Math.multiplyExact(
                        Math.min(base.toNanos(), Long.MAX_VALUE >> DOUBLINGS_MAX),
                        1L << Math.min(attempt - 1, DOUBLINGS_MAX)));
        return Duration.ofNanos(bound == 0 ? 0 : random.nextLong(bound));
    }
}
