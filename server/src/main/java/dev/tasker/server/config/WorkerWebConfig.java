package dev.tasker.server.config;

import org.jspecify.annotations.Nullable;

/**
 * The REST listener of a worker process ({@code [worker.web]}): probes, metrics, templates.
 *
 * @param configEndpoint whether {@code GET /config} is served
 * @param tls null: plain HTTP
 */
public record WorkerWebConfig(
        boolean enabled,
        BindAddress bindAddress,
        boolean configEndpoint,
        @Nullable TlsConfig tls) {
    /** The section of the configuration. */
    public static final String SECTION = "worker.web";

    private static final String DEFAULT_ADDRESS = "127.0.0.1:8081";

    static WorkerWebConfig from(Settings settings, boolean configEndpoint) {
        return new WorkerWebConfig(
                settings.flag(SECTION + ".enabled", true),
                settings.parsed(
                        SECTION + ".bind_address",
                        DEFAULT_ADDRESS,
                        BindAddress::parse,
                        BindAddress.parse(DEFAULT_ADDRESS)),
                settings.flag(SECTION + ".config_endpoint_enabled", configEndpoint),
                TlsConfig.from(settings, SECTION));
    }
}
