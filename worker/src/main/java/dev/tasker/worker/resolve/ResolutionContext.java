package dev.tasker.worker.resolve;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * For whom a handler is looked up.
 *
 * @param initialization the handler's {@code initialization}, a JSON object; not to be modified
 * @param correlationId of the task, null where a template is only checked
 * @param namespace of the template
 */
public record ResolutionContext(
        JsonNode initialization, @Nullable UUID correlationId, String namespace) {}
