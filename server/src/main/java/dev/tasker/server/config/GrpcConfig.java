package dev.tasker.server.config;

import org.jspecify.annotations.Nullable;

/**
 * The gRPC listener, which workers connect to ({@code [orchestration.grpc]}).
 *
 * @param tls null: plain HTTP/2
 * @param configService whether {@code GetConfig} is served, as {@code config_endpoint_enabled} says for REST
 */
public record GrpcConfig(
        boolean enabled,
        BindAddress bindAddress,
        @Nullable TlsConfig tls,
        GrpcTransport transport,
        boolean configService) {
    private static final String DEFAULT_ADDRESS = "127.0.0.1:9190";

    static GrpcConfig from(Settings settings) {
        boolean enabled = settings.flag("orchestration.grpc.enabled", true);
        BindAddress address = settings.parsed(
                "orchestration.grpc.bind_address",
                DEFAULT_ADDRESS,
                BindAddress::parse,
                BindAddress.parse(DEFAULT_ADDRESS));
        return new GrpcConfig(
                enabled,
                address,
                TlsConfig.from(settings, "orchestration.grpc"),
                GrpcTransport.from(settings, "orchestration.grpc", GrpcTransport.DEFAULT.callsPerConnectionMax()),
                settings.flag("orchestration.grpc.enable_config_service", true));
    }

    GrpcConfig withAddress(BindAddress newAddress) {
        return new GrpcConfig(enabled, newAddress, tls, transport, configService);
    }

    GrpcConfig withTls(@Nullable TlsConfig newTls) {
        return new GrpcConfig(enabled, bindAddress, newTls, transport, configService);
    }
}
