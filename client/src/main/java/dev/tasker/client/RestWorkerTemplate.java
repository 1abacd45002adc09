package dev.tasker.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A worker's template as REST tells it (03 §1.13), of which {@link WorkerTemplate} is what both transports have. */
record RestWorkerTemplate(
        @JsonProperty("template") Resolved resolved,
        boolean cached,
        @Nullable Long cacheAgeSeconds,
        @Nullable Long accessCount) {

    record Resolved(@JsonProperty("template") JsonNode document, String environment, Instant resolvedAt) {}

    WorkerTemplate template() {
        JsonNode document = resolved.document();
        List<WorkerTemplate.TemplateStep> steps = document.path("steps")
                .valueStream()
                .map(RestWorkerTemplate::step)
                .toList();
        return new WorkerTemplate(
                document.path("namespace_name").asString(""),
                document.path("name").asString(""),
                document.path("version").asString(""),
                text(document),
                steps,
                document,
                cached,
                cacheAgeSeconds,
                accessCount);
    }

    private static WorkerTemplate.TemplateStep step(JsonNode step) {
        JsonNode retry = step.path("retry");
        return new WorkerTemplate.TemplateStep(
                step.path("name").asString(""),
                text(step),
                retry.path("retryable").asBoolean(true),
                retry.path("max_attempts").asInt(1));
    }

    private static @Nullable String text(JsonNode described) {
        JsonNode description = described.path("description");
        return description.isString() ? description.asString() : null;
    }
}
