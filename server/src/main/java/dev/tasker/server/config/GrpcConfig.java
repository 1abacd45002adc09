package dev.tasker.server.config;

/** The gRPC listener, which workers connect to ({@code [orchestration.grpc]}). */
public record GrpcConfig(boolean enabled, BindAddress bindAddress) {
    private static final String DEFAULT_ADDRESS = "127.0.0.1:9190";

    static GrpcConfig from(Settings settings) {
        boolean enabled = settings.flag("orchestration.grpc.enabled", true);
        BindAddress address = settings.parsed(
                "orchestration.grpc.bind_address",
                DEFAULT_ADDRESS,
                BindAddress::parse,
                BindAddress.parse(DEFAULT_ADDRESS));
        settings.refuse("orchestration.grpc.tls_enabled", "TLS is the business of a proxy in front of this server");
        return new GrpcConfig(enabled, address);
    }
}
