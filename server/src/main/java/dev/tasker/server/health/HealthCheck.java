package dev.tasker.server.health;

import org.jspecify.annotations.Nullable;

/** One check of the readiness probe. */
public record HealthCheck(
        String name, boolean healthy, @Nullable String message, long durationMs) {}
