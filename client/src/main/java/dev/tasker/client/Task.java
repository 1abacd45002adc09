package dev.tasker.client;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A task (03 §1.5).
 *
 * @param completedAt null while it is not over
 * @param context what it was created with
 * @param totalSteps how many there are; those enqueued, waiting or cancelled count here only
 * @param executionStatus {@code has_ready_steps}, {@code processing}, {@code blocked_by_failures}, {@code all_complete} or
 *     {@code waiting_for_dependencies}
 * @param completionPercentage 0 to 100
 * @param steps in the order of their creation; empty in lists, and over gRPC in answers to creation and cancellation
 */
public record Task(
        UUID taskUuid,
        String name,
        String namespace,
        String version,
        TaskState status,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant completedAt,
        JsonNode context,
        String initiator,
        String sourceSystem,
        String reason,
        @Nullable Integer priority,
        @Nullable List<String> tags,
        UUID correlationId,
        @Nullable UUID parentCorrelationId,
        long totalSteps,
        long pendingSteps,
        long inProgressSteps,
        long completedSteps,
        long failedSteps,
        long readySteps,
        String executionStatus,
        String recommendedAction,
        double completionPercentage,
        String healthStatus,
        List<StepReadiness> steps) {

    /**
     * How far a step is.
     *
     * @param namedStepUuid the same for all steps of this name; null where the transport is gRPC, which does not tell it
     * @param backoffRequestSeconds how long the handler asked to be left alone
     */
    public record StepReadiness(
            UUID workflowStepUuid,
            UUID taskUuid,
            @Nullable UUID namedStepUuid,
            String name,
            StepState currentState,
            boolean dependenciesSatisfied,
            boolean retryEligible,
            boolean readyForExecution,
            @Nullable Instant lastFailureAt,
            @Nullable Instant nextRetryAt,
            int totalParents,
            int completedParents,
            int attempts,
            int maxAttempts,
            @Nullable Integer backoffRequestSeconds,
            @Nullable Instant lastAttemptedAt) {}
}
