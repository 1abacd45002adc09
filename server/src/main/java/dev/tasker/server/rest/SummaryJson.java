package dev.tasker.server.rest;

import dev.tasker.engine.TaskSummary;
import dev.tasker.server.api.TaskDigest;
import dev.tasker.template.StepDefinition;

/** TaskSummaryResponse (03 §1.5). */
final class SummaryJson {
    private SummaryJson() {}

    static byte[] summary(TaskDigest digest) {
        JsonWriter json = new JsonWriter().openObject();
        writeTask(json, digest);
        json.openObject("template").openArray("steps");
        digest.declared().forEach(step -> writeDeclared(json, step));
        json.closeArray().closeObject().openArray("steps");
        digest.steps().forEach(step -> writeStep(json, step));
        String path = "/v1/tasks/" + digest.task().taskUuid();
        return json.closeArray()
                .openObject("dlq")
                .flag("in_dlq", digest.inDlq())
                .text("dlq_reason", digest.dlqReason())
                .text("resolution_status", digest.dlqResolution())
                .closeObject()
                .openObject("links")
                .text("task", path)
                .text("steps", path + "/workflow_steps")
                .text("dlq", "/v1/dlq")
                .closeObject()
                .closeObject()
                .toBytes();
    }

    private static void writeTask(JsonWriter json, TaskDigest digest) {
        TaskSummary task = digest.task();
        TaskDigest.Counts counts = digest.counts();
        json.openObject("task")
                .uuid("task_uuid", task.taskUuid())
                .text("name", task.name())
                .text("namespace", task.namespace())
                .text("version", task.version())
                .text("status", task.status())
                .time("created_at", Timestamps.ZULU, task.createdAt())
                .time("updated_at", Timestamps.ZULU, task.updatedAt())
                .time("completed_at", Timestamps.ZULU, task.completedAt())
                .text("initiator", task.initiator())
                .text("source_system", task.sourceSystem())
                .text("reason", task.reason())
                .uuid("correlation_id", task.correlationId())
                .number("total_steps", counts.total())
                .number("pending_steps", counts.pending())
                .number("in_progress_steps", counts.inProgress())
                .number("completed_steps", counts.completed())
                .number("failed_steps", counts.failed())
                .fraction("completion_percentage", counts.completionPercentage().doubleValue())
                .text("health_status", counts.healthStatus())
                .text("execution_status", counts.executionStatus())
                .text("recommended_action", counts.recommendedAction())
                .closeObject();
    }

    private static void writeDeclared(JsonWriter json, StepDefinition step) {
        json.openObject()
                .text("name", step.name())
                .text("step_type", step.type().text())
                .text("handler", step.handler().callable())
                .openArray("dependencies");
        step.dependencies().forEach(json::item);
        json.closeArray()
                .flag("retryable", step.retry().retryable())
                .number("max_attempts", step.retry().maxAttempts())
                .closeObject();
    }

    private static void writeStep(JsonWriter json, TaskDigest.Step step) {
        json.openObject()
                .uuid("step_uuid", step.stepUuid())
                .text("name", step.name())
                .text("current_state", step.state())
                .time("created_at", Timestamps.ZULU, step.createdAt())
                .time("completed_at", Timestamps.ZULU, step.completedAt())
                .time("last_attempted_at", Timestamps.ZULU, step.lastAttemptedAt())
                .number("attempts", step.attempts())
                .number("max_attempts", step.maxAttempts())
                .flag("dependencies_satisfied", step.dependenciesSatisfied())
                .flag("retry_eligible", step.retryEligible());
        TaskDigest.Failure failure = step.failure();
        if (failure == null) {
            json.raw("error", null);
        } else {
            json.openObject("error")
                    .text("error_type", failure.errorType())
                    .flag("retryable", failure.retryable())
                    .numberOrNull("status_code", failure.statusCode())
                    .closeObject();
        }
        json.closeObject();
    }
}
