package dev.tasker.engine;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One reported result of a step, or one action of an operator on it (01 §1.10).
 *
 * @param auditUuid derived from step and sort key, the same whenever it is read
 * @param transitionUuid likewise
 * @param workerUuid the session that reported, null for operators and for sessions that are forgotten
 * @param executionTimeMs null when none was told
 * @param result StepExecutionResult as stored, JSON; null when that is not kept
 * @param fromState {@code in_progress} for results
 * @param toState the deposit state for results, even where the step rests in another
 */
public record StepAudit(
        UUID auditUuid,
        UUID transitionUuid,
        UUID stepUuid,
        UUID taskUuid,
        Instant recordedAt,
        @Nullable UUID workerUuid,
        UUID correlationId,
        boolean success,
        @Nullable Long executionTimeMs,
        @Nullable String result,
        String stepName,
        String fromState,
        String toState) {}
