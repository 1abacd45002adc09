package dev.tasker.server.rest;

import dev.tasker.engine.StepAudit;
import dev.tasker.engine.StepView;
import java.util.List;

/** Steps as clients read them (03 §1.6). */
final class StepJson {
    private StepJson() {}

    /** StepResponse. */
    static byte[] step(StepView step) {
        JsonWriter json = new JsonWriter();
        write(json, step);
        return json.toBytes();
    }

    /** StepResponse[]. */
    static byte[] steps(List<StepView> steps) {
        JsonWriter json = new JsonWriter().openArray();
        steps.forEach(step -> write(json, step));
        return json.closeArray().toBytes();
    }

    /** StepAuditResponse[]; what is absent is left out. */
    static byte[] audit(List<StepAudit> audit) {
        JsonWriter json = new JsonWriter().openArray();
        for (StepAudit row : audit) {
            json.openObject()
                    .uuid("audit_uuid", row.auditUuid())
                    .uuid("workflow_step_uuid", row.stepUuid())
                    .uuid("transition_uuid", row.transitionUuid())
                    .uuid("task_uuid", row.taskUuid())
                    .time("recorded_at", Timestamps.ZULU, row.recordedAt());
            if (row.workerUuid() != null) {
                json.uuid("worker_uuid", row.workerUuid());
            }
            json.uuid("correlation_id", row.correlationId()).flag("success", row.success());
            if (row.executionTimeMs() != null) {
                json.number("execution_time_ms", row.executionTimeMs());
            }
            if (row.result() != null) {
                StepResultDocument.write(json, "result", row);
            }
            json.text("step_name", row.stepName())
                    .text("from_state", row.fromState())
                    .text("to_state", row.toState())
                    .closeObject();
        }
        return json.closeArray().toBytes();
    }

    private static void write(JsonWriter json, StepView step) {
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
