package dev.tasker.worker.remote;

import dev.tasker.template.TaskTemplate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Work from a server's REST port, fetched by polling: for networks that let no gRPC through. */
public final class HttpWorkSource extends RemoteWorkSource {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final URI server;
    private final HttpWorkSourceConfig config;

    /**
     * @param server as in {@code https://tasker.example:8080}; a path is put before that of the protocol
     * @throws IllegalArgumentException when that is no address of a server, or files of TLS cannot be used
     */
    public HttpWorkSource(URI server, HttpWorkSourceConfig config) {
        super(server.toString(), config.reconnection());
        if (!isHttp(server.toString()) || server.getHost() == null || server.getQuery() != null) {
            throw new IllegalArgumentException("server: " + server + " (expected: http://HOST:PORT or https://…)");
        }
        String text = server.toString();
        this.server = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        this.config = config;
        try {
            newClient().close();
        } catch (IOException e) {
            throw new IllegalArgumentException("tls: " + e + " (expected: readable PEM files)", e);
        }
    }

    /** Whether this is the address of a server's REST port. */
    public static boolean isHttp(String server) {
        String lower = server.toLowerCase(Locale.ROOT);
        return lower.startsWith("http://") || lower.startsWith("https://");
    }

    @Override
    public List<String> register(Collection<TaskTemplate> templates)
            throws TemplatesRefusedException, InterruptedException {
        return new HttpTemplates(this).register(templates);
    }

    @Override
    Connection connection(RemoteWorkSession session) throws IOException {
        return new HttpConnection(session, this, newClient());
    }

    URI server() {
        return server;
    }

    HttpWorkSourceConfig config() {
        return config;
    }

    HttpClient newClient() throws IOException {
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER) // the credential stays with the server it is for
                .connectTimeout(CONNECT_TIMEOUT)
                .executor(executor());
        WorkerTls tls = config.tls();
        if (tls != null) {
            client.sslContext(tls.context());
        }
        return client.build();
    }
}
