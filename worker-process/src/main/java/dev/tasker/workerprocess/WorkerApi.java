package dev.tasker.workerprocess;

import dev.tasker.server.config.WorkerWebConfig;
import dev.tasker.server.security.Admission;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.Credential;
import dev.tasker.server.security.ServerTls;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker's REST listener. Every reply is made from memory, on a virtual thread of its own. */
final class WorkerApi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerApi.class);

    private static final HeaderName REQUEST_ID = HeaderNames.create("x-request-id");
    private static final Pattern REQUEST_ID_FORM = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    private static final Map<String, String> PREFLIGHT = Map.of(
            "Access-Control-Allow-Methods", "*",
            "Access-Control-Allow-Headers", "*, Authorization, Content-Type, X-API-Key, X-Request-Id");
    private static final int CONNECTIONS_MAX = 1_000;
    private static final Duration STOP_GRACE = Duration.ofSeconds(2);

    private final Authenticator authenticator;
    private final HeaderName apiKeyHeader;
    private final List<Operation> operations;
    private final InstantSource clock;
    private final WebServer server;

    private WorkerApi(
            WorkerWebConfig config,
            Authenticator authenticator,
            @Nullable ServerTls tls,
            List<Operation> operations,
            InstantSource clock) {
        this.authenticator = authenticator;
        this.apiKeyHeader = HeaderNames.create(authenticator.apiKeyHeader());
        this.operations = operations;
        this.clock = clock;
        this.server = WebServer.builder()
                .address(config.bindAddress().toSocketAddress().getAddress())
                .port(config.bindAddress().port())
                .maxTcpConnections(CONNECTIONS_MAX)
                .shutdownGracePeriod(STOP_GRACE)
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .routing(routing -> routing.any(this::serve))
                .tls(tls(tls))
                .build();
    }

    /**
     * Listens and serves.
     *
     * @param tls null: plain HTTP
     */
    static WorkerApi start(
            WorkerWebConfig config,
            Authenticator authenticator,
            @Nullable ServerTls tls,
            List<Operation> operations,
            InstantSource clock) {
        WorkerApi api = new WorkerApi(config, authenticator, tls, operations, clock);
        api.server.start();
        if (!api.server.isRunning()) { // it says so only in its log
            throw new IllegalStateException("the worker's REST does not listen on " + config.bindAddress());
        }
        return api;
    }

    private static Tls tls(@Nullable ServerTls tls) {
        if (tls == null) {
            return Tls.builder().enabled(false).build();
        }
        return Tls.builder()
                .sslContext(tls.sslContext())
                .enabledProtocols(ServerTls.PROTOCOLS)
                .clientAuth(tls.needsClientCertificate() ? TlsClientAuth.REQUIRED : TlsClientAuth.NONE)
                .build();
    }

    /** The port in use. */
    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }

    private void serve(ServerRequest request, ServerResponse response) {
        Reply reply;
        try {
            reply = reply(request);
        } catch (RuntimeException e) {
            LOG.error(
                    "{} {} failed", request.prologue().method(), request.path().rawPath(), e);
            reply = Reply.error(500, "internal_error", "Internal server error", clock.instant());
        }
        response.status(reply.status());
        response.header(REQUEST_ID, requestId(request));
        response.header(HeaderNames.create("Access-Control-Allow-Origin"), "*");
        response.header(HeaderNames.create("Access-Control-Expose-Headers"), "x-request-id, retry-after");
        reply.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        if (!reply.contentType().isEmpty()) {
            response.header(HeaderNames.CONTENT_TYPE, reply.contentType());
        }
        byte[] body = reply.bytes();
        if (request.prologue().method().text().equals("HEAD")) {
            response.contentLength(body.length);
            response.send();
        } else {
            response.send(body);
        }
    }

    private static String requestId(ServerRequest request) {
        return request.headers()
                .first(REQUEST_ID)
                .filter(id -> REQUEST_ID_FORM.matcher(id).matches())
                .orElseGet(() -> UUID.randomUUID().toString());
    }

    private Reply reply(ServerRequest request) {
        String method = request.prologue().method().text();
        String wanted = method.equals("HEAD") ? "GET" : method;
        Optional<List<String>> path = segments(request.path().rawPath());
        if (path.isEmpty()) {
            return Reply.empty(400, Map.of());
        }
        Set<String> allowed = new LinkedHashSet<>();
        for (Operation operation : operations) {
            Optional<List<String>> parameters = operation.match(path.get());
            if (parameters.isEmpty()) {
                continue;
            }
            if (operation.method().equals(wanted)) {
                return switch (admit(request, operation)) {
                    case Admission.Granted _ -> operation.handler().answer(request, parameters.get());
                    case Admission.Refused refused ->
                        Reply.refused(refused.status(), refused.code(), refused.message(), refused.headers());
                };
            }
            allowed.add(operation.method());
            if (operation.method().equals("GET")) {
                allowed.add("HEAD");
            }
        }
        if (method.equals("OPTIONS")
                && request.headers().contains(HeaderNames.ORIGIN)
                && request.headers().contains(HeaderNames.ACCESS_CONTROL_REQUEST_METHOD)) {
            return Reply.empty(200, PREFLIGHT);
        }
        return allowed.isEmpty()
                ? Reply.empty(404, Map.of())
                : Reply.empty(405, Map.of("Allow", String.join(", ", allowed)));
    }

    private Admission admit(ServerRequest request, Operation operation) {
        Credential credential = Credential.of(
                request.headers().first(HeaderNames.AUTHORIZATION).orElse(null),
                request.headers().first(apiKeyHeader).orElse(null));
        return authenticator.admit(credential, operation.access(), operation.method() + " " + operation.path());
    }

    /** The path's segments, each percent-decoded once; empty when one cannot be. */
    private static Optional<List<String>> segments(String rawPath) {
        List<String> segments = new ArrayList<>();
        try {
            for (String raw : rawPath.substring(1).split("/", -1)) {
                segments.add(URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8));
            }
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return Optional.of(segments);
    }
}
