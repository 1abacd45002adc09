package dev.tasker.engine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How tasks of a template did over a period, all its documents together (01 §3.9).
 *
 * @param executionCount times a task completed or failed
 * @param averageStepCount steps of the tasks that completed
 * @param errorCount steps in error
 * @param errorRate errors per execution, four decimals, possibly above 1
 */
public record TaskPerformance(
        String namespace,
        String task,
        String version,
        double averageDurationSeconds,
        double maxDurationSeconds,
        long executionCount,
        double averageStepCount,
        long errorCount,
        double errorRate,
        @Nullable Instant lastExecutedAt) {}
