package dev.tasker.client;

import java.time.Instant;

/** One word of a worker on how it is. */
public record WorkerStatus(String status, Instant timestamp, String workerId) {}
