package dev.tasker.engine;

import java.time.Duration;

/**
 * How the nodes recount their database in the background, one of them at a time ({@link Doctor} does it at once).
 *
 * @param enabled whether this node takes part
 * @param interval how long a node rests when everything was recounted, and when it finds that nothing was written since
 * @param share of one processor that the recounting may take, more than 0 and at most 1
 */
public record AuditConfig(boolean enabled, Duration interval, double share) {
    public static final AuditConfig DEFAULT = new AuditConfig(true, Duration.ofMinutes(2), 0.01);

    public AuditConfig {
        if (interval.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("audit.interval: " + interval + " (expected: >= PT0.001S)");
        }
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("audit.share: " + share + " (expected: more than 0, at most 1)");
        }
    }
}
