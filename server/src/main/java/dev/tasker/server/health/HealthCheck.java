package dev.tasker.server.health;

import org.jspecify.annotations.Nullable;

/** One check of a probe (03 §1.11). */
public record HealthCheck(
        String name, Status status, @Nullable String message, long durationMs) {

    /** How it went; its word is the name in lower case. */
    public enum Status {
        HEALTHY,
        DEGRADED,
        UNHEALTHY,
        UNKNOWN
    }

    public boolean healthy() {
        return status == Status.HEALTHY;
    }
}
