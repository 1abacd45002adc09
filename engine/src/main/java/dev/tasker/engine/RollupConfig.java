package dev.tasker.engine;

import java.time.Duration;

/**
 * How long roll-ups are kept, and in which detail. What is older than {@code minutes} is kept by the hour, what is older than {@code hours}
 * by the day, what is older than {@code days} not at all; totals by state are kept for ever.
 *
 * @param delay how long after a change it is folded, at most, while a node is up; totals by state are exact at any time
 */
public record RollupConfig(Duration delay, Duration minutes, Duration hours, Duration days) {
    public static final RollupConfig DEFAULT =
            new RollupConfig(Duration.ofSeconds(1), Duration.ofHours(6), Duration.ofDays(35), Duration.ofDays(730));

    public RollupConfig {
        if (!delay.isPositive()) {
            throw new IllegalArgumentException("rollups.delay: " + delay + " (expected: more than zero)");
        }
        if (minutes.compareTo(Duration.ofHours(2)) < 0) {
            throw new IllegalArgumentException("rollups.minutes: " + minutes + " (expected: >= PT2H)");
        }
        if (hours.compareTo(minutes) < 0) {
            throw new IllegalArgumentException(
                    "rollups.hours: " + hours + " (expected: >= rollups.minutes " + minutes + ")");
        }
        if (days.compareTo(hours) < 0) {
            throw new IllegalArgumentException("rollups.days: " + days + " (expected: >= rollups.hours " + hours + ")");
        }
    }
}
