package dev.tasker.client;

import java.time.Instant;

/** One word of a server on how it is. */
public record HealthStatus(String status, Instant timestamp) {}
