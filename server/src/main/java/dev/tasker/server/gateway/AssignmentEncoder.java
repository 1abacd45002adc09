package dev.tasker.server.gateway;

import com.google.protobuf.ByteString;
import dev.tasker.engine.Assignment;
import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.DeclaredEvent;
import dev.tasker.protocol.worker.v1.StepPart;
import dev.tasker.protocol.worker.v1.TaskPart;
import dev.tasker.template.PublishedEvent;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes assignments as they travel. JSON goes through as text, unread. */
final class AssignmentEncoder {
    private static final int TIMEOUT_OF_WORKER = -1;

    private final long leaseMs;

    AssignmentEncoder(Duration lease) {
        this.leaseMs = lease.toMillis();
    }

    Assign encode(Assignment assignment) {
        return Assign.newBuilder()
                .setStepUuid(LeaseKey.bytes(assignment.stepUuid()))
                .setLeaseToken(assignment.leaseToken())
                .setTaskUuid(LeaseKey.bytes(assignment.taskUuid()))
                .setAttempt(assignment.attempt())
                .setMaxAttempts(assignment.maxAttempts())
                .setTimeoutMs(timeoutMs(assignment.timeout()))
                .setLeaseExpiresInMs(leaseMs)
                .setTraceparent(Objects.requireNonNullElse(assignment.task().traceparent(), ""))
                .setTask(encode(assignment.task()))
                .setStep(encode(assignment.step()))
                .putAllDependencyResults(assignment.dependencyResults())
                .build();
    }

    private static long timeoutMs(@Nullable Duration timeout) {
        return timeout == null ? TIMEOUT_OF_WORKER : timeout.toMillis();
    }

    private static TaskPart encode(Assignment.TaskPart task) {
        TaskPart.Builder part = TaskPart.newBuilder()
                .setNamespace(task.namespace())
                .setName(task.name())
                .setVersion(task.version())
                .setContextJson(task.context())
                .setPriority(task.priority())
                .setCorrelationId(LeaseKey.bytes(task.correlationId()))
                .setParentCorrelationId(
                        task.parentCorrelationId() == null
                                ? ByteString.EMPTY
                                : LeaseKey.bytes(task.parentCorrelationId()))
                .setInitiator(task.initiator())
                .setSourceSystem(task.sourceSystem())
                .setReason(task.reason());
        if (task.tags() != null) {
            part.setTagsJson(task.tags());
        }
        return part.build();
    }

    private static StepPart encode(Assignment.StepPart step) {
        StepPart.Builder part = StepPart.newBuilder()
                .setName(step.name())
                .setTemplateStepName(step.templateStepName())
                .setCallable(step.callable())
                .setInitializationJson(step.initialization());
        if (step.method() != null) {
            part.setMethod(step.method());
        }
        if (step.resolver() != null) {
            part.setResolver(step.resolver());
        }
        if (step.inputs() != null) {
            part.setInputsJson(step.inputs());
        }
        if (step.previousResult() != null) {
            part.setPreviousResultJson(step.previousResult());
        }
        if (step.checkpoint() != null) {
            part.setCheckpointJson(step.checkpoint());
        }
        for (PublishedEvent event : step.publishedEvents()) {
            part.addPublishedEvents(encode(event));
        }
        return part.build();
    }

    private static DeclaredEvent encode(PublishedEvent event) {
        DeclaredEvent.Builder declared = DeclaredEvent.newBuilder()
                .setName(event.name())
                .setCondition(event.condition().text())
                .setDeliveryMode(event.deliveryMode().text());
        if (event.publisher() != null) {
            declared.setPublisher(event.publisher());
        }
        return declared.build();
    }
}
