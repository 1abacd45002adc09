package dev.tasker.engine;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task with its steps for people (01 §3.10). The last four are JSON documents with the keys listed there; times in them carry their offset.
 *
 * @param templateConfiguration the document the task started with
 */
public record TaskSummary(
        UUID taskUuid,
        UUID namedTaskUuid,
        String name,
        String version,
        String namespace,
        String status,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant completedAt,
        String initiator,
        String sourceSystem,
        String reason,
        UUID correlationId,
        String templateConfiguration,
        String stepSummaries,
        String executionContext,
        String dlqStatus) {}
