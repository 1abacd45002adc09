package dev.tasker.server.rest;

import dev.tasker.engine.ExecutionStatus;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskView;
import java.util.List;

/** Tasks and steps as clients read them (03 §1.5, §1.6). */
final class TaskJson {
    private TaskJson() {}

    /** TaskResponse. */
    static byte[] task(TaskView task) {
        JsonWriter json = new JsonWriter();
        ExecutionStatus execution = task.execution();
        json.openObject()
                .uuid("task_uuid", task.taskUuid())
                .text("name", task.name())
                .text("namespace", task.namespace())
                .text("version", task.version())
                .text("status", task.state().text())
                .time("created_at", Timestamps.ZULU, task.createdAt())
                .time("updated_at", Timestamps.ZULU, task.updatedAt())
                .time("completed_at", Timestamps.ZULU, task.completedAt())
                .raw("context", task.context())
                .text("initiator", task.initiator())
                .text("source_system", task.sourceSystem())
                .text("reason", task.reason())
                .number("priority", task.priority())
                .raw("tags", task.tags())
                .uuid("correlation_id", task.correlationId())
                .uuid("parent_correlation_id", task.parentCorrelationId())
                .number("total_steps", execution.totalSteps())
                .number("pending_steps", execution.pendingSteps())
                .number("in_progress_steps", execution.inProgressSteps())
                .number("completed_steps", execution.completedSteps())
                .number("failed_steps", execution.failedSteps())
                .number("ready_steps", execution.readySteps())
                .text("execution_status", execution.status())
                .text("recommended_action", execution.recommendedAction())
                .fraction(
                        "completion_percentage",
                        execution.completionPercentage().doubleValue())
                .text("health_status", execution.healthStatus())
                .openArray("steps");
        task.steps().forEach(step -> writeReadiness(json, step));
        return json.closeArray().closeObject().toBytes();
    }

    /** StepResponse[]. */
    static byte[] steps(List<StepView> steps) {
        JsonWriter json = new JsonWriter().openArray();
        steps.forEach(step -> writeStep(json, step));
        return json.closeArray().toBytes();
    }

    /** StepReadinessStatus. */
    private static void writeReadiness(JsonWriter json, StepView step) {
        json.openObject()
                .uuid("workflow_step_uuid", step.stepUuid())
                .uuid("task_uuid", step.taskUuid())
                .uuid("named_step_uuid", step.namedStepUuid())
                .text("name", step.name())
                .text("current_state", step.state().text())
                .flag("dependencies_satisfied", step.dependenciesSatisfied())
                .flag("retry_eligible", step.retryEligible())
                .flag("ready_for_execution", step.readyForExecution())
                .time("last_failure_at", Timestamps.NAIVE, step.lastFailureAt())
                .time("next_retry_at", Timestamps.NAIVE, step.nextRetryAt())
                .number("total_parents", step.totalParents())
                .number("completed_parents", step.completedParents())
                .number("attempts", step.attempts())
                .number("max_attempts", step.maxAttempts())
                .numberOrNull("backoff_request_seconds", step.backoffRequestSeconds())
                .time("last_attempted_at", Timestamps.NAIVE, step.lastAttemptedAt())
                .closeObject();
    }

    private static void writeStep(JsonWriter json, StepView step) {
        json.openObject()
                .uuid("step_uuid", step.stepUuid())
                .uuid("task_uuid", step.taskUuid())
                .text("name", step.name())
                .time("created_at", Timestamps.ZULU, step.createdAt())
                .time("updated_at", Timestamps.ZULU, step.updatedAt())
                .time("completed_at", Timestamps.ZULU, step.completedAt());
        StepResultDocument.write(json, "results", step);
        json.text("current_state", step.state().text())
                .flag("dependencies_satisfied", step.dependenciesSatisfied())
                .flag("retry_eligible", step.retryEligible())
                .flag("ready_for_execution", step.readyForExecution())
                .number("total_parents", step.totalParents())
                .number("completed_parents", step.completedParents())
                .number("attempts", step.attempts())
                .number("max_attempts", step.maxAttempts())
                .time("last_failure_at", Timestamps.ZULU, step.lastFailureAt())
                .time("next_retry_at", Timestamps.ZULU, step.nextRetryAt())
                .time("last_attempted_at", Timestamps.ZULU, step.lastAttemptedAt())
                .closeObject();
    }
}
