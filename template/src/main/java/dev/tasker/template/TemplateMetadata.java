package dev.tasker.template;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Who wrote a template, when and why (spec 06 §4.1); nothing acts on it.
 *
 * @param others keys without a meaning of their own, kept so that tools can write them back
 */
public record TemplateMetadata(
        @Nullable String author,
        List<String> tags,
        @Nullable String documentationUrl,
        @Nullable Instant createdAt,
        @Nullable Instant updatedAt,
        @Nullable String notes,
        Map<String, JsonNode> others) {
    public TemplateMetadata {
        tags = List.copyOf(tags);
        others = Collections.unmodifiableMap(new TreeMap<>(others));
    }
}
