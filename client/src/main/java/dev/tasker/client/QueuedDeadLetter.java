package dev.tasker.client;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An open investigation in the queue of those who look into them.
 *
 * @param currentState the task's now
 * @param priorityScore higher is more urgent
 */
public record QueuedDeadLetter(
        UUID dlqEntryUuid,
        UUID taskUuid,
        String originalState,
        DeadLetter.Reason dlqReason,
        Instant dlqTimestamp,
        double minutesInDlq,
        @Nullable String namespaceName,
        @Nullable String taskName,
        @Nullable String currentState,
        @Nullable Integer timeInStateMinutes,
        double priorityScore) {}
