package dev.tasker.worker.remote;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
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
    public List<TemplateOutcome> registerTemplates(List<String> documents) throws IOException, InterruptedException {
        try (HttpClient client = newClient()) {
            List<TemplateOutcome> outcomes = new ArrayList<>();
            for (String document : documents) {
                outcomes.add(register(client, document));
            }
            return outcomes;
        }
    }

    private TemplateOutcome register(HttpClient client, String document) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + "/v1/templates"))
                .timeout(config.callTimeout())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(document));
        WorkerCredential credential = config.credential();
        if (credential != null) {
            request.header(
                    credential.header(),
                    credential.prefix() + credential.secret().get());
        }
        HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
        String message = answer.statusCode() < 300 ? "" : WorkerJson.message(answer.body());
        return switch (answer.statusCode()) {
            case 200, 201 -> TemplateOutcome.registered();
            case 400, 413, 422 -> new TemplateOutcome(TemplateOutcome.Status.INVALID, message);
            case 403 -> new TemplateOutcome(TemplateOutcome.Status.DENIED, message);
            case 409 -> new TemplateOutcome(TemplateOutcome.Status.CONFLICT, message);
            default -> throw new IOException("POST /v1/templates: " + answer.statusCode() + " " + message);
        };
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

    private HttpClient newClient() throws IOException {
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
