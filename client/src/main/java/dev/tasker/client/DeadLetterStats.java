package dev.tasker.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Investigations of one reason.
 *
 * @param avgResolutionTimeMinutes of those that are closed, null when none is
 */
public record DeadLetterStats(
        DeadLetter.Reason dlqReason,
        long totalEntries,
        long pending,
        long manuallyResolved,
        long permanentFailures,
        long cancelled,
        @Nullable Instant oldestEntry,
        @Nullable Instant newestEntry,
        @Nullable Double avgResolutionTimeMinutes) {}
