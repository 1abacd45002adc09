package dev.tasker.client;

import java.time.Instant;

/**
 * How a server did in some hours (03 §1.8).
 *
 * @param totalTasks all there are, whatever the hours
 * @param activeTasks not over now
 * @param completionRate 0 to 100
 * @param errorRate 0 to 100
 * @param systemHealthScore 0 to 1, of the last hour
 */
public record Performance(
        long totalTasks,
        long activeTasks,
        long completedTasks,
        long failedTasks,
        double completionRate,
        double errorRate,
        double averageTaskDurationSeconds,
        double averageStepDurationSeconds,
        long tasksPerHour,
        long stepsPerHour,
        double systemHealthScore,
        Instant analysisPeriodStart,
        Instant calculatedAt) {}
