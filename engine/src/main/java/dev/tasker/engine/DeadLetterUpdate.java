package dev.tasker.engine;

import org.jspecify.annotations.Nullable;

/**
 * What is changed about a dead letter; null keeps what is there (01 §5.4).
 *
 * @param status stamps the time of resolution
 * @param resolvedBy at most 255 characters
 * @param metadata JSON, in place of all there was
 */
public record DeadLetterUpdate(
        @Nullable ResolutionStatus status,
        @Nullable String notes,
        @Nullable String resolvedBy,
        @Nullable String metadata) {}
