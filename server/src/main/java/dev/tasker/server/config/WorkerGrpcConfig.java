package dev.tasker.server.config;

import org.jspecify.annotations.Nullable;

/**
 * The gRPC listener of a worker process ({@code [worker.grpc]}): probes, templates, configuration.
 *
 * @param tls null: plain HTTP/2
 */
public record WorkerGrpcConfig(
        boolean enabled, BindAddress bindAddress, @Nullable TlsConfig tls, GrpcTransport transport) {
    /** The section of the configuration. */
    public static final String SECTION = "worker.grpc";

    private static final String DEFAULT_ADDRESS = "127.0.0.1:9191";
    private static final int CALLS_PER_CONNECTION = 1_000;

    static WorkerGrpcConfig from(Settings settings) {
        return new WorkerGrpcConfig(
                settings.flag(SECTION + ".enabled", true),
                settings.parsed(
                        SECTION + ".bind_address",
                        DEFAULT_ADDRESS,
                        BindAddress::parse,
                        BindAddress.parse(DEFAULT_ADDRESS)),
                TlsConfig.from(settings, SECTION),
                GrpcTransport.from(settings, SECTION, CALLS_PER_CONNECTION));
    }

    /** This configuration at another address. */
    public WorkerGrpcConfig withBindAddress(BindAddress newAddress) {
        return new WorkerGrpcConfig(enabled, newAddress, tls, transport);
    }
}
