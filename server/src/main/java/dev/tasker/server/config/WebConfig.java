package dev.tasker.server.config;

import java.time.Duration;

/** The REST listener ({@code [orchestration.web]}). */
public record WebConfig(boolean enabled, BindAddress bindAddress, Duration requestTimeout) {
    private static final String DEFAULT_ADDRESS = "127.0.0.1:8080";

    static WebConfig from(Settings settings) {
        boolean enabled = settings.flag("orchestration.web.enabled", true);
        BindAddress address = settings.parsed(
                "orchestration.web.bind_address",
                DEFAULT_ADDRESS,
                BindAddress::parse,
                BindAddress.parse(DEFAULT_ADDRESS));
        int timeoutMs = settings.integer("orchestration.web.request_timeout_ms", Defaults.of(30_000), 100, 300_000);
        settings.refuse("orchestration.web.tls_enabled", "TLS is the business of a proxy in front of this server");
        return new WebConfig(enabled, address, Duration.ofMillis(timeoutMs));
    }
}
