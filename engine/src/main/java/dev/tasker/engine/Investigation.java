package dev.tasker.engine;

import java.time.Instant;
import java.util.UUID;

/**
 * An open dead letter with how urgent it is (01 §5.3, §5.4).
 *
 * @param currentState of the task, now
 * @param minutesInState whole minutes
 * @param score the reason's base plus a point per minute in the queue; the highest is looked into first
 */
public record Investigation(
        UUID entryUuid,
        UUID taskUuid,
        TaskState originalState,
        DeadLetterReason reason,
        Instant enteredAt,
        double minutesInQueue,
        String namespace,
        String taskName,
        TaskState currentState,
        int minutesInState,
        double score) {}
