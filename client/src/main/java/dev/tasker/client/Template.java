package dev.tasker.client;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A version of a template.
 *
 * @param configuration the whole document
 */
public record Template(
        String name,
        String namespace,
        String version,
        @Nullable String description,
        @Nullable JsonNode configuration,
        List<TemplateStep> steps) {

    /** A step as the template has it. */
    public record TemplateStep(
            String name,
            @Nullable String description,
            boolean defaultRetryable,
            int defaultMaxAttempts,
            @Nullable JsonNode resultSchema) {}
}
