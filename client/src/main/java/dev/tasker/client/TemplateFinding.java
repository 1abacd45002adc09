package dev.tasker.client;

import org.jspecify.annotations.Nullable;

/**
 * Something about a template.
 *
 * @param severity {@code error}, {@code warning} or {@code info}
 * @param step it is about, null for none
 * @param line from 1, null when unknown
 * @param column from 1, null when unknown
 * @param pointer JSON pointer to it
 */
public record TemplateFinding(
        String code,
        String severity,
        String message,
        @Nullable String step,
        @Nullable Integer line,
        @Nullable Integer column,
        @Nullable String pointer) {}
