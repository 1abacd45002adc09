package dev.tasker.server.rest;

import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.DeclaredEvent;
import dev.tasker.protocol.worker.v1.StepPart;
import dev.tasker.protocol.worker.v1.TaskPart;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes assignments for workers that poll: the lease, and in {@code event} the step as 04 §4.2 and §2.3 shape it. */
final class AssignmentJson {
    private AssignmentJson() {}

    static void write(JsonWriter json, Assign assign) {
        UUID stepUuid = WorkerRegistration.uuid(assign.getStepUuid());
        json.openObject()
                .uuid("assignment_id", stepUuid)
                .number("lease_token", assign.getLeaseToken())
                .number("lease_expires_in_ms", assign.getLeaseExpiresInMs())
                .number("attempt", assign.getAttempt())
                .number("max_attempts", assign.getMaxAttempts())
                .raw("timeout_ms", assign.getTimeoutMs() < 0 ? null : Long.toString(assign.getTimeoutMs()))
                .text("traceparent", emptyToNull(assign.getTraceparent()));
        TaskPart task = assign.getTask();
        UUID correlationId = WorkerRegistration.uuid(task.getCorrelationId());
        json.openObject("event")
                .uuid("event_id", eventId(stepUuid, assign.getLeaseToken()))
                .uuid("task_uuid", WorkerRegistration.uuid(assign.getTaskUuid()))
                .uuid("step_uuid", stepUuid)
                .uuid("correlation_id", correlationId)
                .uuid("task_correlation_id", correlationId)
                .uuid("parent_correlation_id", parentOf(task))
                .text("trace_id", null)
                .text("span_id", null);
        json.openObject("task_sequence_step");
        writeTask(json, assign);
        writeStep(json, assign, stepUuid);
        json.openObject("dependency_results");
        assign.getDependencyResultsMap().forEach(json::raw);
        json.closeObject();
        writeDefinition(json, assign.getStep());
        json.closeObject().closeObject().closeObject();
    }

    /** The same for a repeated delivery, another for every lease. */
    private static UUID eventId(UUID stepUuid, long token) {
        return UUID.nameUUIDFromBytes((stepUuid + "/" + token).getBytes(StandardCharsets.US_ASCII));
    }

    private static void writeTask(JsonWriter json, Assign assign) {
        TaskPart task = assign.getTask();
        json.openObject("task")
                .openObject("task")
                .uuid("task_uuid", WorkerRegistration.uuid(assign.getTaskUuid()))
                .text("initiator", task.getInitiator())
                .text("source_system", task.getSourceSystem())
                .text("reason", task.getReason())
                .raw("tags", task.hasTagsJson() ? task.getTagsJson() : null)
                .raw("context", task.getContextJson())
                .number("priority", task.getPriority())
                .uuid("correlation_id", WorkerRegistration.uuid(task.getCorrelationId()))
                .uuid("parent_correlation_id", parentOf(task))
                .closeObject()
                .text("task_name", task.getName())
                .text("task_version", task.getVersion())
                .text("namespace_name", task.getNamespace())
                .closeObject();
    }

    private static void writeStep(JsonWriter json, Assign assign, UUID stepUuid) {
        StepPart step = assign.getStep();
        json.openObject("workflow_step")
                .uuid("workflow_step_uuid", stepUuid)
                .uuid("task_uuid", WorkerRegistration.uuid(assign.getTaskUuid()))
                .text("name", step.getName())
                .text("template_step_name", step.getTemplateStepName())
                .number("max_attempts", assign.getMaxAttempts())
                .number("attempts", assign.getAttempt() - 1L) // those made before this one
                .raw("inputs", step.hasInputsJson() ? step.getInputsJson() : null)
                .raw("results", step.hasPreviousResultJson() ? step.getPreviousResultJson() : null)
                .raw("checkpoint", step.hasCheckpointJson() ? step.getCheckpointJson() : null)
                .closeObject();
    }

    private static void writeDefinition(JsonWriter json, StepPart step) {
        json.openObject("step_definition")
                .text("name", step.getTemplateStepName())
                .openObject("handler")
                .text("callable", step.getCallable())
                .text("method", step.hasMethod() ? step.getMethod() : null)
                .text("resolver", step.hasResolver() ? step.getResolver() : null)
                .raw("initialization", step.getInitializationJson())
                .closeObject()
                .openArray("publishes_events");
        for (DeclaredEvent event : step.getPublishedEventsList()) {
            json.openObject()
                    .text("name", event.getName())
                    .text("condition", event.getCondition())
                    .text("delivery_mode", event.getDeliveryMode())
                    .text("publisher", event.hasPublisher() ? event.getPublisher() : null)
                    .closeObject();
        }
        json.closeArray().closeObject();
    }

    private static @Nullable UUID parentOf(TaskPart task) {
        return task.getParentCorrelationId().isEmpty() ? null : WorkerRegistration.uuid(task.getParentCorrelationId());
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
