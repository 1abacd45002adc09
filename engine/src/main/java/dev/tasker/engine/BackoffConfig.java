package dev.tasker.engine;

import java.time.Duration;

/**
 * Delay of retries for steps whose template states none: {@code base · multiplier^attempts}, capped, then jittered (01 §4.4).
 *
 * @param jitter largest deviation as a fraction of the delay, 0 to 1
 */
public record BackoffConfig(Duration base, double multiplier, Duration max, double jitter) {
    public static final BackoffConfig DEFAULT =
            new BackoffConfig(Duration.ofSeconds(1), 2.0, Duration.ofHours(1), 0.15);

    public BackoffConfig {
        if (base.isNegative() || base.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    "backoff.base: " + base + " (expected: PT0S to backoff.max " + max + ")");
        }
        if (multiplier < 1 || multiplier > 10) {
            throw new IllegalArgumentException("backoff.multiplier: " + multiplier + " (expected: 1 to 10)");
        }
        if (jitter < 0 || jitter > 1) {
            throw new IllegalArgumentException("backoff.jitter: " + jitter + " (expected: 0 to 1)");
        }
    }
}
