package dev.tasker.engine;

import org.jspecify.annotations.Nullable;

/** A registered template version, as lists show it. */
public record TemplateSummary(
        String namespace,
        @Nullable String namespaceDescription,
        String name,
        String version,
        @Nullable String description,
        int stepCount) {}
