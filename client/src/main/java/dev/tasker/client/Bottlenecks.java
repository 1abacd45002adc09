package dev.tasker.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was slow (03 §1.8). */
public record Bottlenecks(
        List<SlowStep> slowSteps,
        List<SlowTask> slowTasks,
        Utilization resourceUtilization,
        List<String> recommendations) {

    /** A step, with an error rate from 0 to 1. */
    public record SlowStep(
            String namespaceName,
            String taskName,
            String version,
            String stepName,
            double averageDurationSeconds,
            double maxDurationSeconds,
            long executionCount,
            long errorCount,
            double errorRate,
            @Nullable Instant lastExecutedAt) {}

    /** A task; its error rate is failed steps for each task, which may be more than 1. */
    public record SlowTask(
            String namespaceName,
            String taskName,
            String version,
            double averageDurationSeconds,
            double maxDurationSeconds,
            long executionCount,
            double averageStepCount,
            long errorCount,
            double errorRate,
            @Nullable Instant lastExecutedAt) {}

    /**
     * How busy the server is.
     *
     * @param databasePoolUtilization 0 to 1
     * @param systemHealth how many tasks ({@code complete_tasks}) and steps ({@code error_steps}) are in each state
     */
    public record Utilization(double databasePoolUtilization, Map<String, Long> systemHealth) {}
}
