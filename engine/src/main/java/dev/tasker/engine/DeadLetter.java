package dev.tasker.engine;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the dead-letter queue: why a task stopped, and what was found out about it (01 §1.11).
 *
 * @param originalState of the task when the entry was made
 * @param resolvedAt when a status was last given, null: never
 * @param taskSnapshot JSON object, the task when the entry was made
 * @param metadata JSON, null: none
 */
public record DeadLetter(
        UUID uuid,
        UUID taskUuid,
        TaskState originalState,
        DeadLetterReason reason,
        Instant enteredAt,
        ResolutionStatus status,
        @Nullable Instant resolvedAt,
        @Nullable String notes,
        @Nullable String resolvedBy,
        String taskSnapshot,
        @Nullable String metadata,
        Instant createdAt,
        Instant updatedAt) {}
