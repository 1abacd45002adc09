package dev.tasker.server.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The REST listener ({@code [orchestration.web]}).
 *
 * @param tls null: plain HTTP
 */
public record WebConfig(
        boolean enabled,
        BindAddress bindAddress,
        Duration requestTimeout,
        @Nullable TlsConfig tls) {
    private static final String DEFAULT_ADDRESS = "127.0.0.1:8080";

    static WebConfig from(Settings settings) {
        boolean enabled = settings.flag("orchestration.web.enabled", true);
        BindAddress address = settings.parsed(
                "orchestration.web.bind_address",
                DEFAULT_ADDRESS,
                BindAddress::parse,
                BindAddress.parse(DEFAULT_ADDRESS));
        int timeoutMs = settings.integer("orchestration.web.request_timeout_ms", Defaults.of(30_000), 100, 300_000);
        return new WebConfig(
                enabled, address, Duration.ofMillis(timeoutMs), TlsConfig.from(settings, "orchestration.web"));
    }
}
