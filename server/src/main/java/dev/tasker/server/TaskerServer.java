package dev.tasker.server;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.server.api.ApiContext;
import dev.tasker.server.api.DatabaseGuard;
import dev.tasker.server.api.Operations;
import dev.tasker.server.api.TaskSignals;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.config.TlsConfig;
import dev.tasker.server.embedded.InProcessWorkSource;
import dev.tasker.server.gateway.CallLimits;
import dev.tasker.server.gateway.GatewayConfig;
import dev.tasker.server.gateway.GatewayServer;
import dev.tasker.server.gateway.SessionFactory;
import dev.tasker.server.gateway.WorkerGateway;
import dev.tasker.server.grpc.PublicServices;
import dev.tasker.server.health.LaneFill;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.OperationalState;
import dev.tasker.server.health.ServerIdentity;
import dev.tasker.server.rest.RestServer;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.ServerTls;
import dev.tasker.server.telemetry.Tracing;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.worker.WorkSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One server node with everything it needs. Started when {@link #start} returns; stopped by {@link #stop()} or {@link #close()}. */
public final class TaskerServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TaskerServer.class);
    private static final Duration GATEWAY_DRAIN_MAX = Duration.ofSeconds(10);

    private final ServerConfig config;
    private final DatabaseAccess database;
    private final Engine engine;
    private final Operations operations;
    private final NodeHealth health;
    private final Deque<AutoCloseable> graceful = new ArrayDeque<>(); // closed last in, first out
    private final Tracing tracing;
    private Authenticator authenticator = Authenticator.DISABLED;
    private @Nullable GatewayServer gateway;
    private @Nullable RestServer rest;
    private boolean stopped;

    private TaskerServer(ServerConfig config, DatabaseAccess database, Engine engine, TaskSignals signals) {
        this.config = config;
        this.tracing = Tracing.open(config.telemetry(), version());
        this.database = database;
        this.engine = engine;
        this.health = new NodeHealth(
                database::probe,
                database::poolFigures,
                engine::isHealthy,
                () -> engine.metrics().lanes().stream()
                        .map(lane -> new LaneFill(lane.name(), lane.depth(), lane.capacity()))
                        .toList(),
                config.operations(),
                System::nanoTime);
        this.operations = Operations.of(
                engine,
                signals,
                new DatabaseGuard(health.backpressure(), health.breaker()),
                config.environment().text(),
                () -> database.poolFigures().utilizationPercent() / 100);
        graceful.push(tracing);
        graceful.push(engine);
        graceful.push(health);
    }

    /**
     * Starts a node: database, schema, engine, templates, gateway, REST (02 §9.2).
     *
     * @throws StartupException with one sentence when that cannot be; everything begun is undone
     */
    public static TaskerServer start(ServerConfig config) {
        return start(config, EngineListener.NONE);
    }

    /** As {@link #start(ServerConfig)}, with somebody who hears what this node changes. */
    public static TaskerServer start(ServerConfig config, EngineListener listener) {
        DatabaseAccess database = DatabaseAccess.connect(config.database());
        TaskerServer server;
        try {
            database.requireCurrentSchema();
            database.judge(
                    config.database().pool(),
                    Engine.keptConnections(config.engine()),
                    config.engine().dispatch().listen());
            TaskSignals signals = new TaskSignals();
            Engine engine = Engine.open(
                    database.openPool(config.database().pool()),
                    database.direct(),
                    config.engine().withSoleNode(database.isEmbedded()), // its folder is locked to this process
                    listener.and(signals).and(new DeviationLog()));
            server = new TaskerServer(config, database, engine, signals);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
        try {
            server.open();
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void open() {
        authenticator = Authenticator.open(config.auth(), InstantSource.system());
        new TemplateLoader(engine, config.environment()).load(config.templatePaths());
        CallLimits limits = CallLimits.of(config.auth());
        WorkerGateway workers = new WorkerGateway(
                SessionFactory.of(engine),
                this::register,
                engine::namespaceOf,
                gatewayConfig(),
                limits,
                InstantSource.system());
        graceful.push(workers);
        if (config.grpc().enabled()) {
            openGateway(config.grpc().bindAddress(), workers);
        }
        if (config.web().enabled()) {
            openRest(config.web().bindAddress(), workers);
        }
        health.start();
        graceful.push(() -> drain(workers)); // while both listeners take their results
        health.become(OperationalState.NORMAL);
        log.info(
                "Ready: REST {}, gRPC {}, database {}",
                restUrl().orElse(null),
                grpcPort().orElse(null),
                database);
    }

    private GatewayConfig gatewayConfig() {
        return GatewayConfig.DEFAULT
                .withLeases(config.engine().leases())
                .withDrain(smaller(GATEWAY_DRAIN_MAX, config.shutdownTimeout().dividedBy(2)));
    }

    private void drain(WorkerGateway workers) throws InterruptedException {
        GatewayServer opened = gateway;
        if (opened != null) {
            opened.stopServing();
        }
        workers.drain();
    }

    private void openGateway(BindAddress address, WorkerGateway workers) {
        ServerTls tls = openTls(config.grpc().tls(), address, "orchestration.grpc");
        PublicServices services = new PublicServices(context(), config.web().requestTimeout());
        GatewayServer opened = listening(
                "gRPC",
                address,
                () -> GatewayServer.start(
                        address.toSocketAddress(),
                        authenticator,
                        tls,
                        workers,
                        services.services(),
                        config.grpc().transport()));
        gateway = opened;
        graceful.push(opened);
        graceful.push(services);
    }

    private void openRest(BindAddress address, WorkerGateway workers) {
        ServerTls tls = openTls(config.web().tls(), address, "orchestration.web");
        RestServer opened = listening(
                "REST",
                address,
                () -> RestServer.start(context(), authenticator, tls, engine, workers.polled(), this::instruments));
        rest = opened;
        graceful.push(opened);
    }

    private List<Instrument> instruments() {
        List<Instrument> instruments = new ArrayList<>(database.instruments());
        GatewayServer opened = gateway;
        if (opened != null) {
            instruments.addAll(opened.instruments());
        }
        return instruments;
    }

    private ApiContext context() {
        var identity = new ServerIdentity(version(), config.environment().text());
        return new ApiContext(config, operations, health, identity, InstantSource.system(), tracing);
    }

    private @Nullable ServerTls openTls(@Nullable TlsConfig tlsConfig, BindAddress address, String section) {
        if (tlsConfig == null) {
            if (authenticator.isEnabled() && !address.isLoopback()) {
                log.warn("{}: credentials cross the network in plain text, unless a proxy adds TLS", section);
            }
            return null;
        }
        ServerTls tls = ServerTls.open(tlsConfig, section);
        graceful.push(tls);
        return tls;
    }

    private static <T> T listening(String what, BindAddress address, Supplier<T> opener) {
        FreePort.require(what, address);
        return opener.get();
    }

    /** The engine of this node, for embedded use. */
    public Engine engine() {
        return engine;
    }

    /**
     * Registers a template for this node's environment.
     *
     * @param name how findings name the text
     * @throws dev.tasker.template.TemplateException when it cannot be used
     */
    public void register(String name, String yaml) {
        register(TemplateParser.parse(name, yaml).template());
    }

    private void register(TaskTemplate template) {
        engine.register(template.withEnvironment(config.environment().text()));
    }

    /** Work for workers in this JVM; close them before the server. */
    public WorkSource workSource() {
        return new InProcessWorkSource(engine);
    }

    /** Spans of this process, for workers in it. */
    public Tracing tracing() {
        return tracing;
    }

    /** Where REST is served, empty when it is switched off. */
    public Optional<URI> restUrl() {
        RestServer opened = rest;
        return opened == null
                ? Optional.empty()
                : Optional.of(URI.create((config.web().tls() == null ? "http://" : "https://")
                        + new BindAddress(config.web().bindAddress().host(), opened.port())));
    }

    /** The port of gRPC, empty when it is switched off. */
    public Optional<Integer> grpcPort() {
        return Optional.ofNullable(gateway).map(GatewayServer::port);
    }

    /** The database without credentials. */
    public String database() {
        return database.toString();
    }

    /** As {@link #stop()}. */
    @Override
    public void close() {
        stop();
    }

    /**
     * Stops gracefully (02 §9.3): probes say so first, then listeners finish what is under way, then the lanes are drained. A second call
     * does nothing.
     *
     * @return whether all was done within the shutdown timeout
     */
    public synchronized boolean stop() {
        if (stopped) {
            return true;
        }
        stopped = true;
        health.become(OperationalState.GRACEFUL_SHUTDOWN);
        boolean inTime = false;
        try {
            Thread closing = Thread.ofVirtual().name("tasker-shutdown").start(this::closeGracefully);
            inTime = closing.join(config.shutdownTimeout());
            if (!inTime) {
                log.error("Shutdown takes longer than {}; ending it", config.shutdownTimeout());
                closing.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        database.close();
        health.become(OperationalState.STOPPED);
        return inTime;
    }

    private void closeGracefully() {
        while (!graceful.isEmpty()) {
            AutoCloseable part = graceful.pop();
            try {
                part.close();
            } catch (Exception e) { // the other parts are to be closed all the same
                log.error("Closing {} failed", part.getClass().getSimpleName(), e);
            }
        }
    }

    private static Duration smaller(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** The version of this build. */
    public static String version() {
        Properties properties = new Properties();
        try (InputStream in = TaskerServer.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties: not on the class path");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }
}
