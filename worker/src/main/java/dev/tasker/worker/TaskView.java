package dev.tasker.worker;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The task a step belongs to, as its worker sees it.
 *
 * @param name name of the template; {@code version} is its version
 * @param contextJson the submitted context, a JSON object
 * @param traceparent W3C trace context of whoever created the task, null: none
 */
public record TaskView(
        String namespace,
        String name,
        String version,
        UUID correlationId,
        @Nullable UUID parentCorrelationId,
        String contextJson,
        int priority,
        @Nullable String initiator,
        @Nullable String sourceSystem,
        @Nullable String reason,
        @Nullable String traceparent) {

    /** A task without trace context. */
    public TaskView(
            String namespace,
            String name,
            String version,
            UUID correlationId,
            @Nullable UUID parentCorrelationId,
            String contextJson,
            int priority,
            @Nullable String initiator,
            @Nullable String sourceSystem,
            @Nullable String reason) {
        this(
                namespace,
                name,
                version,
                correlationId,
                parentCorrelationId,
                contextJson,
                priority,
                initiator,
                sourceSystem,
                reason,
                null);
    }
}
