package dev.tasker.client;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How to call a server.
 *
 * @param server its root, {@code http://host:8080} or {@code https://…}; for gRPC {@code grpc://host:9190} and {@code grpcs://…} as well
 * @param credential null to show none; enough for a server with authentication off
 * @param timeout of a call, all its attempts and the pauses between them together; what waits on purpose may take longer by as long as it waits
 * @param tls for {@code https} and {@code grpcs}; null for the authorities that the JDK trusts, see {@link ClientTls}
 * @param listener hears of calls
 */
public record ClientConfig(
        URI server,
        @Nullable Credential credential,
        Duration timeout,
        RetryPolicy retries,
        @Nullable SSLContext tls,
        Transport transport,
        CallListener listener) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern REST_SCHEMES = Pattern.compile("(?i)https?");
    private static final Pattern GRPC_SCHEMES = Pattern.compile("(?i)(http|grpc)s?");

    public ClientConfig {
        String scheme = server.getScheme();
        if (scheme == null || !schemes(transport).matcher(scheme).matches() || server.getHost() == null) {
            throw new IllegalArgumentException("server: " + server + " (expected: "
                    + switch (transport) {
                        case REST -> "http://host:port or https://host:port)";
                        case GRPC -> "grpc://host:port or grpcs://host:port)";
                    });
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: more than zero)");
        }
    }

    /** Without credentials, 30 s for a call, three attempts; over gRPC when the scheme is {@code grpc} or {@code grpcs}, else over REST. */
    public static ClientConfig of(URI server) {
        String scheme = server.getScheme();
        boolean grpc = scheme != null && scheme.toLowerCase(Locale.ROOT).startsWith("grpc");
        return new ClientConfig(
                server,
                null,
                TIMEOUT,
                RetryPolicy.DEFAULT,
                null,
                grpc ? Transport.GRPC : Transport.REST,
                CallListener.NONE);
    }

    public ClientConfig withCredential(@Nullable Credential changed) {
        return new ClientConfig(server, changed, timeout, retries, tls, transport, listener);
    }

    public ClientConfig withTimeout(Duration changed) {
        return new ClientConfig(server, credential, changed, retries, tls, transport, listener);
    }

    public ClientConfig withRetries(RetryPolicy changed) {
        return new ClientConfig(server, credential, timeout, changed, tls, transport, listener);
    }

    public ClientConfig withTls(@Nullable SSLContext changed) {
        return new ClientConfig(server, credential, timeout, retries, changed, transport, listener);
    }

    public ClientConfig withTransport(Transport changed) {
        return new ClientConfig(server, credential, timeout, retries, tls, changed, listener);
    }

    public ClientConfig withListener(CallListener changed) {
        return new ClientConfig(server, credential, timeout, retries, tls, transport, changed);
    }

    /** Whether the connection is to be encrypted. */
    boolean isSecure() {
        return server.getScheme().toLowerCase(Locale.ROOT).endsWith("s");
    }

    private static Pattern schemes(Transport transport) {
        return switch (transport) {
            case REST -> REST_SCHEMES;
            case GRPC -> GRPC_SCHEMES;
        };
    }
}
