package dev.tasker.client;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a server is.
 *
 * @param status {@code ready}, {@code healthy} or {@code degraded}
 * @param checks by their names, {@code web_database} and so on
 */
public record HealthReport(String status, Instant timestamp, Map<String, Check> checks, Details info) {

    /** One check: {@code healthy}, {@code degraded}, {@code unhealthy} or {@code unknown}. */
    public record Check(String status, @Nullable String message, long durationMs) {}

    /** The server. */
    public record Details(
            String version,
            String environment,
            String operationalState,
            int webDatabasePoolSize,
            int orchestrationDatabasePoolSize,
            String circuitBreakerState,
            @Nullable Pools poolUtilization) {}

    /** Its connections to the database. */
    public record Pools(Pool taskerPool, Pool pgmqPool) {}

    /** Connections of one kind. */
    public record Pool(
            int activeConnections,
            int idleConnections,
            int maxConnections,
            double utilizationPercent,
            long totalAcquires,
            long slowAcquires,
            long acquireErrors,
            double averageAcquireTimeMs,
            double maxAcquireTimeMs) {}
}
