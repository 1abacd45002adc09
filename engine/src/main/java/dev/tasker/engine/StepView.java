package dev.tasker.engine;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A step as it stands, with the derived readiness figures of 01 §3.1.
 *
 * @param retryEligible the first attempt, or a retryable step with attempts left
 * @param readyForExecution waiting with nothing in its way; a state the engine itself does not leave a step in
 * @param completedAt when the step reached complete, resolved_manually or cancelled
 * @param result last StepExecutionResult as stored, JSON
 */
public record StepView(
        UUID stepUuid,
        UUID taskUuid,
        UUID namedStepUuid,
        String name,
        StepState state,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant completedAt,
        @Nullable Instant lastFailureAt,
        @Nullable Instant nextRetryAt,
        @Nullable Instant lastAttemptedAt,
        boolean dependenciesSatisfied,
        boolean retryEligible,
        boolean readyForExecution,
        int totalParents,
        int completedParents,
        int attempts,
        int maxAttempts,
        @Nullable Integer backoffRequestSeconds,
        @Nullable String result) {}
