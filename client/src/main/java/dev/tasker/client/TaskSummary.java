package dev.tasker.client;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A task with the graph of its template, for whoever draws it (03 §1.5). */
public record TaskSummary(Overview task, Graph template, List<StepProgress> steps, Investigation dlq, Links links) {

    /** The task as a whole. */
    public record Overview(
            UUID taskUuid,
            String name,
            String namespace,
            String version,
            TaskState status,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant completedAt,
            String initiator,
            String sourceSystem,
            String reason,
            UUID correlationId,
            long totalSteps,
            long pendingSteps,
            long inProgressSteps,
            long completedSteps,
            long failedSteps,
            double completionPercentage,
            String healthStatus,
            String executionStatus,
            @Nullable String recommendedAction) {}

    /** What the template says; steps made while the task ran are not in it. */
    public record Graph(List<Node> steps) {}

    /** A step of the template. */
    public record Node(
            String name,
            String stepType,
            String handler,
            List<String> dependencies,
            boolean retryable,
            int maxAttempts) {}

    /** A step of the task. */
    public record StepProgress(
            UUID stepUuid,
            String name,
            StepState currentState,
            @Nullable Instant createdAt,
            @Nullable Instant completedAt,
            @Nullable Instant lastAttemptedAt,
            int attempts,
            int maxAttempts,
            boolean dependenciesSatisfied,
            boolean retryEligible,
            @Nullable Failure error) {}

    /** What its last attempt failed of. */
    public record Failure(
            @Nullable String errorType,
            boolean retryable,
            @Nullable Integer statusCode) {}

    /** Its dead letter, if there is one that is open. */
    public record Investigation(
            boolean inDlq, DeadLetter.@Nullable Reason dlqReason, DeadLetter.@Nullable Status resolutionStatus) {}

    /** Paths of further reading. */
    public record Links(String task, String steps, String dlq) {}
}
