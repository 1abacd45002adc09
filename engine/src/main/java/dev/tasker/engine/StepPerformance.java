package dev.tasker.engine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a step of a template did over a period, all its documents together (01 §3.9).
 *
 * @param executionCount times it completed or failed for good
 * @param errorRate errors as a part of the executions, 0 to 1, four decimals
 */
public record StepPerformance(
        String namespace,
        String task,
        String version,
        String step,
        double averageDurationSeconds,
        double maxDurationSeconds,
        long executionCount,
        long errorCount,
        double errorRate,
        @Nullable Instant lastExecutedAt) {}
