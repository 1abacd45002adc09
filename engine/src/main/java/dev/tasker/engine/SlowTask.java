package dev.tasker.engine;

import java.time.Instant;
import java.util.UUID;

/** A task that took long until it was complete or failed (01 §3.9). */
public record SlowTask(
        UUID taskUuid,
        String task,
        String namespace,
        String version,
        double durationSeconds,
        long stepCount,
        long completedSteps,
        long errorSteps,
        Instant createdAt,
        Instant completedAt,
        String initiator,
        String sourceSystem) {}
