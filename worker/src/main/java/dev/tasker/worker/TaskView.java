package dev.tasker.worker;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The task a step belongs to, as its worker sees it.
 *
 * @param name name of the template; {@code version} is its version
 * @param contextJson the submitted context, a JSON object
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
        @Nullable String reason) {}
