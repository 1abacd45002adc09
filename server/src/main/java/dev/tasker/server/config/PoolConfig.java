package dev.tasker.server.config;

import java.time.Duration;

/**
 * Bounds of the database connection pool ({@code [common.database.pool]}).
 *
 * @param slowAcquire from when on waiting for a connection counts as slow
 */
public record PoolConfig(
        int maxConnections,
        int minConnections,
        Duration acquireTimeout,
        Duration idleTimeout,
        Duration maxLifetime,
        Duration slowAcquire) {

    public PoolConfig {
        if (minConnections > maxConnections) {
            throw new IllegalArgumentException("min_connections: " + minConnections
                    + " (expected: at most max_connections, " + maxConnections + ")");
        }
    }

    static PoolConfig from(Settings settings) {
        String at = "common.database.pool.";
        int max = settings.integer(
                at + "max_connections", Defaults.of(25).test(30).production(50), 1, 1000);
        int min = settings.integer(
                at + "min_connections",
                Defaults.of(Math.min(5, max)).test(Math.min(2, max)).production(Math.min(10, max)),
                0,
                100);
        Duration acquire = Duration.ofSeconds(
                settings.integer(at + "acquire_timeout_seconds", Defaults.of(10).test(30), 1, 300));
        Duration idle = Duration.ofSeconds(
                settings.integer(at + "idle_timeout_seconds", Defaults.of(300).test(60), 1, 3600));
        Duration lifetime = Duration.ofSeconds(
                settings.integer(at + "max_lifetime_seconds", Defaults.of(1800).test(3600), 60, 86_400));
        Duration slow = Duration.ofMillis(settings.integer(
                at + "slow_acquire_threshold_ms",
                Defaults.of(100).development(200).test(500).production(50),
                10,
                60_000));
        return settings.checked(
                "common.database.pool",
                () -> new PoolConfig(max, min, acquire, idle, lifetime, slow),
                () -> new PoolConfig(max, max, acquire, idle, lifetime, slow));
    }
}
