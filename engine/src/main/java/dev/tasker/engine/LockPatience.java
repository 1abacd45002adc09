package dev.tasker.engine;

import java.time.Duration;

/**
 * How long a migration queues for a lock, with everybody who comes later behind it, before it steps aside.
 *
 * @param timeout of one attempt
 * @param attempts until the migration gives up
 * @param pause between attempts, in which those behind it get through
 */
public record LockPatience(Duration timeout, int attempts, Duration pause) {
    public static final LockPatience DEFAULT = new LockPatience(Duration.ofSeconds(2), 5, Duration.ofSeconds(1));

    public LockPatience {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts: " + attempts + " (expected: >= 1)");
        }
    }
}
