package dev.tasker.client;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A version of a template that a worker serves.
 *
 * @param document the whole of it; null over gRPC
 * @param cached whether it is held in memory, since {@code cacheAgeSeconds} and read {@code accessCount} times
 */
public record WorkerTemplate(
        String namespace,
        String name,
        String version,
        @Nullable String description,
        List<TemplateStep> steps,
        @Nullable JsonNode document,
        boolean cached,
        @Nullable Long cacheAgeSeconds,
        @Nullable Long accessCount) {

    /** A step of it. */
    public record TemplateStep(String name, @Nullable String description, boolean retryable, int maxAttempts) {}
}
