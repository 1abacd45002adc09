package dev.tasker.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a worker is.
 *
 * @param status {@code ready}, {@code healthy} or {@code degraded}
 * @param checks by their names, {@code queue_processing} and so on
 * @param distributedCache null where only readiness was asked for
 */
public record WorkerReport(
        String status,
        Instant timestamp,
        String workerId,
        Map<String, Check> checks,
        Details systemInfo,
        @Nullable Cache distributedCache) {

    /** One check: {@code healthy}, {@code degraded}, {@code unhealthy} or {@code unknown}. */
    public record Check(
            String status,
            @Nullable String message,
            long durationMs,
            @Nullable Instant lastChecked) {}

    /** The worker. */
    public record Details(
            String version,
            String environment,
            long uptimeSeconds,
            String workerType,
            int databasePoolSize,
            boolean commandProcessorActive,
            List<String> supportedNamespaces,
            HealthReport.@Nullable Pools poolUtilization) {}

    /** A cache that workers share; Tasker has none. */
    public record Cache(boolean enabled, String provider, boolean healthy) {}
}
