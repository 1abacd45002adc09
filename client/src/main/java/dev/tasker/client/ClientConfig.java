package dev.tasker.client;

import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How to call a server.
 *
 * @param server its root, {@code http://host:8080} or {@code https://…}
 * @param credential null to show none; enough for a server with authentication off
 * @param timeout of a call, all its attempts and the pauses between them together; what waits on purpose may take longer by as long as it waits
 * @param tls for {@code https}; null for the authorities that the JDK trusts, see {@link ClientTls}
 */
public record ClientConfig(
        URI server,
        @Nullable Credential credential,
        Duration timeout,
        RetryPolicy retries,
        @Nullable SSLContext tls) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    public ClientConfig {
        String scheme = server.getScheme();
        if (scheme == null || !scheme.matches("(?i)https?") || server.getHost() == null) {
            throw new IllegalArgumentException(
                    "server: " + server + " (expected: http://host:port or https://host:port)");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: more than zero)");
        }
    }

    /** Without credentials, 30 s for a call, three attempts. */
    public static ClientConfig of(URI server) {
        return new ClientConfig(server, null, TIMEOUT, RetryPolicy.DEFAULT, null);
    }

    public ClientConfig withCredential(@Nullable Credential changed) {
        return new ClientConfig(server, changed, timeout, retries, tls);
    }

    public ClientConfig withTimeout(Duration changed) {
        return new ClientConfig(server, credential, changed, retries, tls);
    }

    public ClientConfig withRetries(RetryPolicy changed) {
        return new ClientConfig(server, credential, timeout, changed, tls);
    }

    public ClientConfig withTls(@Nullable SSLContext changed) {
        return new ClientConfig(server, credential, timeout, retries, changed);
    }
}
