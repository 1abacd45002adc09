package dev.tasker.engine;

import java.time.Duration;

/**
 * How sessions get work and how the node wakes up (02 §4).
 *
 * @param listen hints of other nodes are listened for, on a connection of its own
 * @param pulse longest sleep between two looks at the database
 * @param stickyMax most successors in a row that go straight to the session that released them while others wait
 * @param payloadCacheBytes memory for contexts and results of running tasks
 */
public record DispatchConfig(boolean listen, Duration pulse, int stickyMax, long payloadCacheBytes) {
    public static final DispatchConfig DEFAULT = new DispatchConfig(true, Duration.ofSeconds(10), 64, 64L << 20);

    public DispatchConfig {
        if (pulse.isNegative() || pulse.isZero() || pulse.compareTo(Duration.ofSeconds(60)) > 0) {
            throw new IllegalArgumentException(
                    "dispatch.pulse: " + pulse + " (expected: more than zero, at most PT1M)");
        }
        if (stickyMax < 0) {
            throw new IllegalArgumentException("dispatch.sticky_max: " + stickyMax + " (expected: >= 0)");
        }
        if (payloadCacheBytes < 0) {
            throw new IllegalArgumentException(
                    "dispatch.payload_cache_bytes: " + payloadCacheBytes + " (expected: >= 0)");
        }
    }
}
