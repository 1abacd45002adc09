package dev.tasker.engine;

import java.time.Instant;

/**
 * What happened in a period (01 §3.9, 03 §1.8). Without data all numbers are 0 and the score is 1.
 *
 * @param totalTasks all stored tasks
 * @param activeTasks tasks that have not ended, now
 * @param completedTasks of the tasks created in the period, those that are complete now
 * @param failedTasks of the same, those in error or blocked by failures now
 * @param completionRate percent of the tasks created in the period, two decimals
 * @param errorRate percent of the same, two decimals
 * @param averageTaskDurationSeconds creation to end, of tasks that ended in the period
 * @param averageStepDurationSeconds creation to end, of steps that completed or failed in the period
 * @param tasksPerHour created tasks divided by the hours of the period, rounded
 * @param stepsPerHour created steps divided by the hours of the period, rounded
 * @param systemHealthScore completed / (completed + failed) of tasks created in the last hour, 0 to 1
 */
public record PerformanceMetrics(
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
