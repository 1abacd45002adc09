package dev.tasker.worker.remote;

import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.StepPart;
import dev.tasker.protocol.worker.v1.TaskPart;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.StepView;
import dev.tasker.worker.TaskView;
import dev.tasker.worker.event.DeclaredEvent;
import java.time.Duration;

/** Reads assignments off the wire. JSON stays text. */
final class AssignmentDecoder {
    private static final String DEFAULT_METHOD = "call";

    /** The port has no word for a handler without a limit. */
    private static final Duration NO_LIMIT = Duration.ofDays(3650);

    private AssignmentDecoder() {}

    static Assignment decode(Assign assign) {
        return new Assignment(
                LeaseKey.uuid(assign.getTaskUuid()),
                LeaseKey.uuid(assign.getStepUuid()),
                assign.getLeaseToken(),
                assign.getAttempt(),
                assign.getMaxAttempts(),
                timeout(assign.getTimeoutMs()),
                task(assign.getTask(), assign.getTraceparent()),
                step(assign.getStep()),
                assign.getDependencyResultsMap());
    }

    private static Duration timeout(long timeoutMs) {
        if (timeoutMs < 0) {
            return Duration.ZERO; // the worker's own
        }
        return timeoutMs == 0 ? NO_LIMIT : Duration.ofMillis(timeoutMs);
    }

    private static TaskView task(TaskPart task, String traceparent) {
        return new TaskView(
                task.getNamespace(),
                task.getName(),
                task.getVersion(),
                LeaseKey.uuid(task.getCorrelationId()),
                task.getParentCorrelationId().isEmpty() ? null : LeaseKey.uuid(task.getParentCorrelationId()),
                task.getContextJson(),
                task.getPriority(),
                task.getInitiator(),
                task.getSourceSystem(),
                task.getReason(),
                traceparent.isEmpty() ? null : traceparent);
    }

    private static StepView step(StepPart step) {
        return new StepView(
                step.getName(),
                step.getTemplateStepName(),
                step.getCallable(),
                step.hasMethod() ? step.getMethod() : DEFAULT_METHOD,
                step.hasResolver() ? step.getResolver() : null,
                step.getInitializationJson(),
                step.hasInputsJson() ? step.getInputsJson() : null,
                step.hasPreviousResultJson() ? step.getPreviousResultJson() : null,
                step.hasCheckpointJson() ? step.getCheckpointJson() : null,
                step.getPublishedEventsList().stream()
                        .map(event -> DeclaredEvent.of(
                                event.getName(),
                                event.getCondition(),
                                event.getDeliveryMode(),
                                event.hasPublisher() ? event.getPublisher() : null))
                        .toList());
    }
}
