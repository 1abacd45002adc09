package dev.tasker.server.rest;

import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.server.api.ApiContext;
import dev.tasker.server.api.NamespaceFollowing;
import dev.tasker.server.api.Operations;
import dev.tasker.server.api.RefusedOperationException;
import dev.tasker.server.api.RequestIds;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.gateway.PolledSessions;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.OperationalState;
import dev.tasker.server.health.ServerIdentity;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.Principal;
import dev.tasker.server.security.ServerTls;
import dev.tasker.server.telemetry.Tracing;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The REST listener: finds the route, binds the request id, maps failures to the error envelope. Each request runs on a virtual thread of
 * its own.
 */
public final class RestServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RestServer.class);

    private static final HeaderName REQUEST_ID = HeaderNames.create("x-request-id");
    private static final HeaderName TRACEPARENT = HeaderNames.create("traceparent");
    private static final int CONNECTIONS_MAX = 10_000;

    private final NodeHealth health;
    private final Door door;
    private final TimeLimit timeLimit;
    private final EventRoutes events;
    private final Tracing tracing;
    private final HttpMeter meter = new HttpMeter();
    private final DatabaseFigures<DeadLetterReason> investigations;
    private final DatabaseFigures<TaskState> active;
    private final List<Route> routes = new ArrayList<>();
    private final Map<Integer, List<Route>> routesByLength;
    private final WebServer server;

    private RestServer(
            ApiContext context,
            Authenticator authenticator,
            @Nullable ServerTls tls,
            Engine engine,
            PolledSessions workers,
            Supplier<List<Instrument>> pool) {
        ServerConfig config = context.config();
        Operations operations = context.operations();
        ServerIdentity identity = context.identity();
        this.tracing = context.tracing();
        this.health = context.health();
        this.door = new Door(authenticator);
        Duration requestTimeout = config.web().requestTimeout();
        this.timeLimit = new TimeLimit(requestTimeout);
        this.investigations = new DatabaseFigures<>(engine.deadLetters()::pending, System::nanoTime);
        this.active = new DatabaseFigures<>(() -> activeTasks(engine), System::nanoTime);
        this.events =
                new EventRoutes(operations.following(), new NamespaceFollowing(engine), timeLimit, context.clock());
        routes.addAll(new TaskRoutes(operations.tasks(), operations.following(), timeLimit, requestTimeout).routes());
        routes.addAll(new BulkRoutes(operations.bulk(), timeLimit).routes());
        routes.addAll(events.routes());
        routes.addAll(new StepRoutes(operations.steps(), timeLimit).routes());
        routes.addAll(new TemplateRoutes(operations.templates(), timeLimit).routes());
        routes.addAll(new AnalyticsRoutes(operations.analytics(), timeLimit).routes());
        routes.addAll(new DeadLetterRoutes(operations.letters(), timeLimit).routes());
        routes.addAll(new WorkerSessionRoutes(workers, timeLimit, requestTimeout).routes());
        routes.addAll(ApiDocs.load().routes());
        routes.addAll(new HealthRoutes(health, timeLimit, context.clock(), identity).routes());
        routes.addAll(new ConfigRoute(config, identity, context.clock()).routes());
        List<Supplier<List<Instrument>>> sources = List.of(
                authenticator::instruments, workers::instruments, meter::instruments, health::instruments, pool);
        routes.add(new MetricsRoute(engine, health, identity, investigations, active, sources).route());
        this.routesByLength = routes.stream()
                .collect(Collectors.groupingBy(route -> route.segments().size()));
        this.server = WebServer.builder()
                .address(config.web().bindAddress().toSocketAddress().getAddress())
                .port(config.web().bindAddress().port())
                .maxTcpConnections(CONNECTIONS_MAX)
                .shutdownGracePeriod(config.shutdownTimeout())
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
     * @param workers sessions of workers that poll
     * @param pool what is measured of the connection pool
     */
    public static RestServer start(
            ApiContext context,
            Authenticator authenticator,
            @Nullable ServerTls tls,
            Engine engine,
            PolledSessions workers,
            Supplier<List<Instrument>> pool) {
        RestServer rest = new RestServer(context, authenticator, tls, engine, workers, pool);
        rest.server.start();
        if (!rest.server.isRunning()) { // it says so only in its log
            rest.close();
            throw new IllegalStateException(
                    "REST does not listen on " + context.config().web().bindAddress());
        }
        return rest;
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
    public int port() {
        return server.port();
    }

    /** Every operation there is, in the order in which they are looked up. */
    List<Route> routes() {
        return List.copyOf(routes);
    }

    /** Stops accepting, finishes requests under way. */
    @Override
    public void close() {
        events.close();
        server.stop();
        timeLimit.close();
        investigations.close();
        active.close();
    }

    private static Map<TaskState, Long> activeTasks(Engine engine) {
        Map<TaskState, Long> active = new EnumMap<>(engine.analytics().health().tasks());
        active.keySet().removeIf(TaskState::isTerminal);
        return active;
    }

    private void serve(ServerRequest request, ServerResponse response) {
        String requestId = RequestIds.of(request.headers().first(REQUEST_ID).orElse(null));
        MDC.put(RequestIds.LOG_FIELD, requestId);
        long began = System.nanoTime();
        Served served = new Served();
        String method = request.prologue().method().text();
        Span span = tracing.start(
                method, SpanKind.SERVER, request.headers().first(TRACEPARENT).orElse(null));
        try (Scope _ = span.makeCurrent()) {
            if (span.getSpanContext().isValid()) {
                MDC.put("trace_id", span.getSpanContext().getTraceId());
                MDC.put("span_id", span.getSpanContext().getSpanId());
            }
            Reply reply = reply(request, requestId, served);
            send(request, response, requestId, reply);
            describe(span, method, served.route, reply.status());
            meter.served(method, served.route, reply.status(), System.nanoTime() - began);
        } finally {
            span.end();
            MDC.remove(RequestIds.LOG_FIELD);
            MDC.remove("trace_id");
            MDC.remove("span_id");
        }
    }

    private static void describe(Span span, String method, String route, int status) {
        if (span.isRecording()) {
            span.updateName(method + " " + route)
                    .setAttribute("http.request.method", method)
                    .setAttribute("http.route", route)
                    .setAttribute("http.response.status_code", status)
                    .setStatus(status >= 500 ? StatusCode.ERROR : StatusCode.UNSET);
        }
    }

    /** What is learned of a request on the way. */
    private static final class Served {
        private String route = "none";
    }

    private Reply reply(ServerRequest request, String requestId, Served served) {
        try {
            return dispatch(request, requestId, served);
        } catch (RefusedException e) {
            return e.problem().toReply(requestId).with(e.headers());
        } catch (RefusedOperationException e) {
            return Problem.of(e).toReply(requestId);
        } catch (EngineException e) {
            if (e.code().kind() == ErrorCode.Kind.INTERNAL) {
                log.error(
                        "{} {} failed",
                        request.prologue().method(),
                        request.path().rawPath(),
                        e);
            }
            return Problem.of(e).toReply(requestId);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Problem.UNAVAILABLE.toReply(requestId);
        } catch (RuntimeException e) {
            log.error(
                    "{} {} failed", request.prologue().method(), request.path().rawPath(), e);
            return Problem.INTERNAL_ERROR.toReply(requestId);
        }
    }

    private Reply dispatch(ServerRequest request, String requestId, Served served) throws InterruptedException {
        String method = request.prologue().method().text();
        String wanted = method.equals("HEAD") ? "GET" : method;
        List<String> path = withoutPrefix(segments(request.path().rawPath()));
        Set<String> allowed = new LinkedHashSet<>();
        for (Route route : routesByLength.getOrDefault(path.size(), List.of())) {
            Optional<Map<String, String>> parameters = route.match(path);
            if (parameters.isEmpty()) {
                continue;
            }
            if (route.method().equals(wanted)) {
                served.route = route.path();
                Principal principal = door.admit(request, route);
                if (!route.whileUnready() && health.state() != OperationalState.NORMAL) {
                    throw new RefusedException(Problem.UNAVAILABLE);
                }
                return route.handler().handle(new Call(request, parameters.get(), principal, requestId));
            }
            allowed.add(route.method());
            if (route.method().equals("GET")) {
                allowed.add("HEAD");
            }
        }
        if (method.equals("OPTIONS") && Cors.isPreflight(request.headers())) {
            return Cors.preflight();
        }
        if (allowed.isEmpty()) {
            throw new RefusedException(Problem.NOT_FOUND);
        }
        return Problem.METHOD_NOT_ALLOWED.toReply(requestId).withAllow(List.copyOf(allowed));
    }

    /** The path's segments, each percent-decoded once, so that an encoded slash stays inside its segment. */
    private static List<String> segments(String rawPath) {
        List<String> segments = new ArrayList<>();
        for (String raw : rawPath.substring(1).split("/", -1)) {
            try {
                segments.add(
                        raw.indexOf('%') < 0
                                ? raw
                                : URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw new RefusedException(Problem.badRequest("Invalid URL: " + raw));
            }
        }
        return segments;
    }

    /** The path that is meant by one beginning with {@code /api/v1}, as an early guide wrote them (07 §10.2). */
    private static List<String> withoutPrefix(List<String> path) {
        boolean prefixed =
                path.size() > 2 && path.get(0).equals("api") && path.get(1).equals("v1");
        return prefixed ? path.subList(1, path.size()) : path;
    }

    private static void send(ServerRequest request, ServerResponse response, String requestId, Reply reply) {
        response.status(reply.status());
        response.header(REQUEST_ID, requestId);
        Cors.allow(response);
        reply.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        if (!reply.contentType().isEmpty()) {
            response.header(HeaderNames.CONTENT_TYPE, reply.contentType());
        }
        if (request.prologue().method().text().equals("HEAD")) {
            response.contentLength(reply.body().length);
            response.send();
            return;
        }
        if (reply.stream() != null) {
            stream(response, reply.stream());
            return;
        }
        response.send(reply.body());
    }

    /** A client that has gone is nobody's fault. */
    private static void stream(ServerResponse response, Reply.Body body) {
        try (OutputStream out = response.outputStream()) {
            body.write(out);
        } catch (IOException | UncheckedIOException e) {
            log.debug("A stream ended early: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
