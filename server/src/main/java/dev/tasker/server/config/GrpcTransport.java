package dev.tasker.server.config;

import java.time.Duration;

/**
 * What a gRPC listener does with its connections (03 §2.1).
 *
 * @param keepAlive after which a silent connection is pinged
 * @param keepAliveTimeout how long the answer may take
 * @param callsPerConnectionMax calls that one connection may have under way
 * @param reflection whether clients may ask for the services and messages
 * @param healthService whether {@code grpc.health.v1} is served
 */
public record GrpcTransport(
        Duration keepAlive,
        Duration keepAliveTimeout,
        int callsPerConnectionMax,
        boolean reflection,
        boolean healthService) {

    /** Of a listener about which nothing is configured. */
    public static final GrpcTransport DEFAULT =
            new GrpcTransport(Duration.ofSeconds(30), Duration.ofSeconds(20), 200, true, true);

    /** What the keys of {@code section} say. */
    static GrpcTransport from(Settings settings, String section, int callsPerConnection) {
        return new GrpcTransport(
                seconds(
                        settings,
                        section + ".keepalive_interval_seconds",
                        Defaults.of(30).test(10),
                        3_600),
                seconds(
                        settings,
                        section + ".keepalive_timeout_seconds",
                        Defaults.of(20).test(5),
                        300),
                settings.integer(section + ".max_concurrent_streams", Defaults.of(callsPerConnection), 1, 10_000),
                settings.flag(section + ".enable_reflection", Defaults.of(true).production(false)),
                settings.flag(section + ".enable_health_service", true));
    }

    private static Duration seconds(Settings settings, String key, Defaults<Integer> defaults, int max) {
        return Duration.ofSeconds(settings.integer(key, defaults, 1, max));
    }
}
