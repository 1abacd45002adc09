package dev.tasker.server.api;

import dev.tasker.engine.Analytics;
import dev.tasker.engine.Bottlenecks;
import dev.tasker.engine.PerformanceMetrics;
import java.util.function.DoubleSupplier;

/** Reports (03 §1.8). Blocks and throws as {@link TaskOperations} does. Thread-safe. */
public final class AnalyticsOperations {
    /** Hours of the performance report when nothing is said. */
    public static final long HOURS = 24;

    /** Rows of the lists of bottlenecks when nothing is said. */
    public static final long LIMIT = 10;

    /** Least executions of what is listed as a bottleneck when nothing is said. */
    public static final long MIN_EXECUTIONS = 5;

    private static final int LIMIT_MAX = 1_000;

    private final Analytics analytics;
    private final DatabaseGuard guard;
    private final DoubleSupplier poolUtilization;

    /** @param poolUtilization busy connections as a part of all, 0 to 1 */
    public AnalyticsOperations(Analytics analytics, DatabaseGuard guard, DoubleSupplier poolUtilization) {
        this.analytics = analytics;
        this.guard = guard;
        this.poolUtilization = poolUtilization;
    }

    /** Over so many hours until now; 0 stands for 1, more than 720 is refused. */
    public PerformanceMetrics performance(long hours) throws InterruptedException {
        return guard.run(
                "/v1/analytics/performance",
                Fault.REPORTS_SUSPENDED,
                () -> analytics.performance(Math.clamp(hours, 0, Integer.MAX_VALUE)));
    }

    /** Over the last 24 hours. */
    public Bottlenecks bottlenecks(long limit, long minExecutions) throws InterruptedException {
        if (limit < 0) {
            throw new RefusedOperationException(Fault.INVALID, "limit must not be negative");
        }
        return guard.run(
                "/v1/analytics/bottlenecks",
                Fault.REPORTS_SUSPENDED,
                () -> analytics.bottlenecks(
                        Math.clamp(limit, 1, LIMIT_MAX),
                        Math.clamp(minExecutions, 0, Integer.MAX_VALUE),
                        poolUtilization.getAsDouble()));
    }
}
