package dev.tasker.engine;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task as it stands: one snapshot of its row, its request and its steps.
 *
 * @param steps in order of creation
 */
public record TaskView(
        UUID taskUuid,
        String namespace,
        String name,
        String version,
        TaskState state,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant completedAt,
        String context,
        String initiator,
        String sourceSystem,
        String reason,
        int priority,
        @Nullable String tags,
        UUID correlationId,
        @Nullable UUID parentCorrelationId,
        ExecutionStatus execution,
        List<StepView> steps) {

    public TaskView {
        steps = List.copyOf(steps);
    }

    /** The task as who created it is to see it: steps that were added since are left out and not counted; its status is that of now. */
    public TaskView withInitialSteps() {
        List<StepView> initial = steps.stream()
                .filter(step -> step.createdAt().equals(createdAt))
                .toList();
        return new TaskView(
                taskUuid,
                namespace,
                name,
                version,
                state,
                createdAt,
                updatedAt,
                completedAt,
                context,
                initiator,
                sourceSystem,
                reason,
                priority,
                tags,
                correlationId,
                parentCorrelationId,
                ExecutionStatus.of(initial).withVerdictOf(execution),
                initial);
    }
}
