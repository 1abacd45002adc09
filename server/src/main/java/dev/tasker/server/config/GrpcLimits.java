package dev.tasker.server.config;

import java.time.Duration;

/**
 * What the gRPC listener offers and bears ({@code [orchestration.grpc]}, 03 §2.1).
 *
 * @param reflection whether clients may ask which services there are
 * @param healthService whether {@code grpc.health.v1} is served
 * @param streamsMax calls at a time on one connection
 * @param keepAliveInterval after which a connection without traffic is asked whether it lives; clients may ask every ten seconds whatever it is
 * @param keepAliveTimeout after which one that does not answer is closed
 */
public record GrpcLimits(
        boolean reflection,
        boolean healthService,
        int streamsMax,
        Duration keepAliveInterval,
        Duration keepAliveTimeout) {
    public static final GrpcLimits DEFAULT =
            new GrpcLimits(true, true, 200, Duration.ofSeconds(30), Duration.ofSeconds(20));

    static GrpcLimits from(Settings settings) {
        String at = "orchestration.grpc.";
        return new GrpcLimits(
                settings.flag(at + "enable_reflection", DEFAULT.reflection),
                settings.flag(at + "enable_health_service", DEFAULT.healthService),
                settings.integer(at + "max_concurrent_streams", Defaults.of(DEFAULT.streamsMax), 1, 1_000_000),
                Duration.ofSeconds(settings.integer(
                        at + "keepalive_interval_seconds",
                        Defaults.of((int) DEFAULT.keepAliveInterval.toSeconds()),
                        10,
                        86_400)),
                Duration.ofSeconds(settings.integer(
                        at + "keepalive_timeout_seconds",
                        Defaults.of((int) DEFAULT.keepAliveTimeout.toSeconds()),
                        1,
                        3_600)));
    }
}
