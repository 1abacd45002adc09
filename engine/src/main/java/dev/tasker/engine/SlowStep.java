package dev.tasker.engine;

import java.time.Instant;
import java.util.UUID;

/** A complete step that took long from its creation (01 §3.9). */
public record SlowStep(
        UUID stepUuid,
        UUID taskUuid,
        String step,
        String task,
        String namespace,
        String version,
        double durationSeconds,
        int attempts,
        Instant createdAt,
        Instant completedAt,
        boolean retryable,
        String status) {}
