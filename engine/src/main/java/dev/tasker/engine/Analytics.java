package dev.tasker.engine;

import dev.tasker.engine.internal.analytics.AnalyticsReader;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Figures about the system (01 §3.8, §3.9), from totals and roll-ups. {@link #health()} is exact at any moment; figures of a period count what
 * was folded, and a call folds first what it can, so that they lag only while another node is folding. Thread-safe. Fails with {@link
 * EngineException}: {@link ErrorCode#INVALID_REQUEST}, {@link ErrorCode#DATABASE_UNAVAILABLE}.
 */
public final class Analytics {
    private static final Duration BOTTLENECK_WINDOW = Duration.ofHours(24);
    private static final Duration WINDOW_MAX = Duration.ofDays(30);

    private final AnalyticsReader reader;

    Analytics(AnalyticsReader reader) {
        this.reader = reader;
    }

    /** Tasks and steps by state, now. One statement. */
    public SystemHealth health() {
        return reader.health();
    }

    /**
     * The performance report.
     *
     * @param hours 1 to 720; 0 stands for 1
     */
    public PerformanceMetrics performance(int hours) {
        if (hours < 0 || hours > WINDOW_MAX.toHours()) {
            throw new EngineException(
                    ErrorCode.INVALID_REQUEST, "hours: " + hours + " (expected: 0 to " + WINDOW_MAX.toHours() + ")");
        }
        return reader.performance(Math.max(1, hours));
    }

    /**
     * The bottleneck report over 24 hours.
     *
     * @param limit most rows of each list, 1 to 1 000
     * @param minExecutions rows with fewer are left out
     * @param poolUtilization busy connections as a part of all, 0 to 1, which the caller knows
     */
    public Bottlenecks bottlenecks(int limit, int minExecutions, double poolUtilization) {
        AnalyticsFilter filter = AnalyticsFilter.of(BOTTLENECK_WINDOW, limit);
        return new Bottlenecks(
                reader.steps(filter, minExecutions),
                reader.tasks(filter, minExecutions),
                poolUtilization,
                reader.health());
    }

    /** Steps of templates, slowest average first; those with fewer executions are left out. */
    public List<StepPerformance> steps(AnalyticsFilter filter, int minExecutions) {
        return reader.steps(filter, minExecutions);
    }

    /** Templates, slowest average first; those with fewer executions are left out. */
    public List<TaskPerformance> tasks(AnalyticsFilter filter, int minExecutions) {
        return reader.tasks(filter, minExecutions);
    }

    /** The slowest complete steps among the newest 10 000 tasks that the filter admits. */
    public List<SlowStep> slowestSteps(AnalyticsFilter filter) {
        return reader.slowestSteps(filter);
    }

    /** The slowest complete or failed tasks among the newest 10 000 that the filter admits. */
    public List<SlowTask> slowestTasks(AnalyticsFilter filter) {
        return reader.slowestTasks(filter);
    }

    /**
     * What these parts of the durations over {@code window} were not above, in seconds; at most 9.1 % off.
     *
     * @param step a step of the template, null for its tasks
     * @param fractions 0 to 1
     * @return one value per fraction; empty when nothing ended in the window
     */
    public List<Double> durationPercentiles(
            String namespace,
            String task,
            String version,
            @Nullable String step,
            Duration window,
            double... fractions) {
        return reader.percentiles(namespace, task, version, step, window, fractions);
    }
}
