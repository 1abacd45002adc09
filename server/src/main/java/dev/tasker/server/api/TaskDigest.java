package dev.tasker.server.api;

import dev.tasker.engine.TaskSummary;
import dev.tasker.template.StepDefinition;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task for rendering its graph (03 §1.5, summary).
 *
 * @param declared steps of the template; steps added later are in {@code steps} only
 * @param steps in order of creation
 * @param dlqReason in the database's words, null without an open entry; so is {@code dlqResolution}
 */
public record TaskDigest(
        TaskSummary task,
        Counts counts,
        List<StepDefinition> declared,
        List<Step> steps,
        boolean inDlq,
        @Nullable String dlqReason,
        @Nullable String dlqResolution) {

    public TaskDigest {
        declared = List.copyOf(declared);
        steps = List.copyOf(steps);
    }

    /** The derived status. */
    public record Counts(
            long total,
            long pending,
            long inProgress,
            long completed,
            long failed,
            BigDecimal completionPercentage,
            String healthStatus,
            String executionStatus,
            @Nullable String recommendedAction) {}

    /** A step; {@code failure} is null exactly when its stored result has no error. */
    public record Step(
            UUID stepUuid,
            String name,
            String state,
            @Nullable Instant createdAt,
            @Nullable Instant completedAt,
            @Nullable Instant lastAttemptedAt,
            int attempts,
            int maxAttempts,
            boolean dependenciesSatisfied,
            boolean retryEligible,
            @Nullable Failure failure) {}

    /** What a step's result says of its error; {@code statusCode} 0 to 65535, else null. */
    public record Failure(
            @Nullable String errorType,
            boolean retryable,
            @Nullable Integer statusCode) {}
}
