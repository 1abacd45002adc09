package dev.tasker.server.health;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One check of the probes (03 §1.11). */
public record HealthCheck(
        String name, Status status, @Nullable String message, long durationMs) {

    /** What came of it. */
    public enum Status {
        HEALTHY,
        DEGRADED,
        UNHEALTHY,
        UNKNOWN;

        private final String text = name().toLowerCase(Locale.ROOT);

        /** The spelling in answers. */
        public String text() {
            return text;
        }
    }

    static HealthCheck of(String name, Status status, @Nullable String message) {
        return new HealthCheck(name, status, message, 0);
    }

    public boolean healthy() {
        return status == Status.HEALTHY;
    }
}
