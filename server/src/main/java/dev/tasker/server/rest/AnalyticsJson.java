package dev.tasker.server.rest;

import dev.tasker.engine.Bottlenecks;
import dev.tasker.engine.PerformanceMetrics;
import dev.tasker.engine.StepPerformance;
import dev.tasker.engine.SystemHealth;
import dev.tasker.engine.TaskPerformance;

/** Reports as clients read them (03 §1.8). */
final class AnalyticsJson {
    private AnalyticsJson() {}

    /** PerformanceMetrics. */
    static byte[] performance(PerformanceMetrics metrics) {
        return new JsonWriter()
                .openObject()
                .number("total_tasks", metrics.totalTasks())
                .number("active_tasks", metrics.activeTasks())
                .number("completed_tasks", metrics.completedTasks())
                .number("failed_tasks", metrics.failedTasks())
                .fraction("completion_rate", metrics.completionRate())
                .fraction("error_rate", metrics.errorRate())
                .fraction("average_task_duration_seconds", metrics.averageTaskDurationSeconds())
                .fraction("average_step_duration_seconds", metrics.averageStepDurationSeconds())
                .number("tasks_per_hour", metrics.tasksPerHour())
                .number("steps_per_hour", metrics.stepsPerHour())
                .fraction("system_health_score", metrics.systemHealthScore())
                .time("analysis_period_start", Timestamps.OFFSET, metrics.analysisPeriodStart())
                .time("calculated_at", Timestamps.OFFSET, metrics.calculatedAt())
                .closeObject()
                .toBytes();
    }

    /** BottleneckAnalysis. */
    static byte[] bottlenecks(Bottlenecks bottlenecks) {
        JsonWriter json = new JsonWriter().openObject().openArray("slow_steps");
        bottlenecks.slowSteps().forEach(step -> writeStep(json, step));
        json.closeArray().openArray("slow_tasks");
        bottlenecks.slowTasks().forEach(task -> writeTask(json, task));
        json.closeArray()
                .openObject("resource_utilization")
                .fraction("database_pool_utilization", bottlenecks.poolUtilization());
        writeHealth(json, bottlenecks.health());
        json.closeObject().openArray("recommendations");
        bottlenecks.recommendations().forEach(json::item);
        return json.closeArray().closeObject().toBytes();
    }

    private static void writeStep(JsonWriter json, StepPerformance step) {
        json.openObject()
                .text("namespace_name", step.namespace())
                .text("task_name", step.task())
                .text("version", step.version())
                .text("step_name", step.step())
                .fraction("average_duration_seconds", step.averageDurationSeconds())
                .fraction("max_duration_seconds", step.maxDurationSeconds())
                .number("execution_count", step.executionCount())
                .number("error_count", step.errorCount())
                .fraction("error_rate", step.errorRate())
                .time("last_executed_at", Timestamps.OFFSET, step.lastExecutedAt())
                .closeObject();
    }

    private static void writeTask(JsonWriter json, TaskPerformance task) {
        json.openObject()
                .text("namespace_name", task.namespace())
                .text("task_name", task.task())
                .text("version", task.version())
                .fraction("average_duration_seconds", task.averageDurationSeconds())
                .fraction("max_duration_seconds", task.maxDurationSeconds())
                .number("execution_count", task.executionCount())
                .fraction("average_step_count", task.averageStepCount())
                .number("error_count", task.errorCount())
                .fraction("error_rate", task.errorRate())
                .time("last_executed_at", Timestamps.OFFSET, task.lastExecutedAt())
                .closeObject();
    }

    private static void writeHealth(JsonWriter json, SystemHealth health) {
        json.openObject("system_health");
        health.tasks().forEach((state, count) -> json.number(state.text() + "_tasks", count));
        json.number("total_tasks", health.totalTasks());
        health.steps().forEach((state, count) -> json.number(state.text() + "_steps", count));
        json.number("total_steps", health.totalSteps()).closeObject();
    }
}
