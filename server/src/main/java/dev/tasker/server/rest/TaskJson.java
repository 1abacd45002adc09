package dev.tasker.server.rest;

import dev.tasker.engine.ExecutionStatus;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskPage;
import dev.tasker.engine.TaskView;
import dev.tasker.server.api.NumberedPage;
import dev.tasker.server.json.JsonWriter;
import dev.tasker.server.json.Timestamps;

/** Tasks as clients read them (03 §1.5). */
final class TaskJson {
    private TaskJson() {}

    /** TaskResponse. */
    static byte[] task(TaskView task) {
        JsonWriter json = new JsonWriter();
        write(json, task);
        return json.toBytes();
    }

    /** TaskListResponse; that a total is exact goes without saying, as it did before there were others. */
    static byte[] page(NumberedPage page) {
        JsonWriter json = new JsonWriter().openObject().openArray("tasks");
        page.tasks().forEach(task -> write(json, task));
        json.closeArray()
                .openObject("pagination")
                .number("page", page.page())
                .number("per_page", page.perPage())
                .number("total_count", page.total())
                .number("total_pages", page.totalPages())
                .flag("has_next", page.hasNext())
                .flag("has_previous", page.hasPrevious());
        if (!page.isExact()) {
            json.flag("total_is_exact", false);
        }
        return json.closeObject().closeObject().toBytes();
    }

    /** TaskListResponse of a page after a cursor. */
    static byte[] page(TaskPage page, long limit, boolean withTotal) {
        JsonWriter json = new JsonWriter().openObject().openArray("tasks");
        page.tasks().forEach(task -> write(json, task));
        json.closeArray().openObject("pagination").number("limit", limit).uuid("next_cursor", page.next());
        if (withTotal && page.total().isPresent()) {
            json.number("total_count", page.total().getAsLong()).flag("total_is_exact", page.isExact());
        }
        return json.flag("has_next", page.next() != null)
                .closeObject()
                .closeObject()
                .toBytes();
    }

    private static void write(JsonWriter json, TaskView task) {
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
        json.closeArray().closeObject();
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
}
