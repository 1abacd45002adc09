package dev.tasker.engine;

import dev.tasker.template.PublishedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A leased step with all that is needed to run it (04 §9.6). Already claimed: the attempt is counted.
 *
 * @param leaseToken fences every later call about this lease
 * @param attempt 1 on the first run
 * @param timeout limit of the handler, zero: none, null: the worker's own default
 * @param dependencyResults stored result documents of all complete ancestors by step name
 */
public record Assignment(
        UUID taskUuid,
        UUID stepUuid,
        int leaseToken,
        int attempt,
        int maxAttempts,
        @Nullable Duration timeout,
        TaskPart task,
        StepPart step,
        Map<String, String> dependencyResults) {

    /** The same attempt going on under a new lease, from {@code checkpoint}, JSON. */
    public Assignment continued(int newToken, String checkpoint) {
        return new Assignment(
                taskUuid,
                stepUuid,
                newToken,
                attempt,
                maxAttempts,
                timeout,
                task,
                step.withCheckpoint(checkpoint),
                dependencyResults);
    }

    /** What a handler may know of the task. Texts named context and tags are JSON; the traceparent is W3C trace context. */
    public record TaskPart(
            String namespace,
            String name,
            String version,
            String context,
            int priority,
            UUID correlationId,
            @Nullable UUID parentCorrelationId,
            String initiator,
            String sourceSystem,
            String reason,
            @Nullable String tags,
            @Nullable String traceparent) {}

    /** What a handler may know of the step. Texts named initialization, inputs, previousResult and checkpoint are JSON. */
    public record StepPart(
            String name,
            String templateStepName,
            String callable,
            @Nullable String method,
            @Nullable String resolver,
            String initialization,
            @Nullable String inputs,
            @Nullable String previousResult,
            @Nullable String checkpoint,
            List<PublishedEvent> publishedEvents) {

        StepPart withCheckpoint(String saved) {
            return new StepPart(
                    name,
                    templateStepName,
                    callable,
                    method,
                    resolver,
                    initialization,
                    inputs,
                    previousResult,
                    saved,
                    publishedEvents);
        }
    }
}
