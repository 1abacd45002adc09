package dev.tasker.engine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Counts of the dead letters of one reason (01 §5.4).
 *
 * @param resolutionMinutesAverage of the closed ones, null: none is closed
 */
public record DeadLetterStatistics(
        DeadLetterReason reason,
        long total,
        long pending,
        long manuallyResolved,
        long permanentlyFailed,
        long cancelled,
        Instant oldest,
        Instant newest,
        @Nullable Double resolutionMinutesAverage) {}
