package dev.tasker.server;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineListener;
import dev.tasker.server.api.Backpressure;
import dev.tasker.server.api.DatabaseBreaker;
import dev.tasker.server.api.Operations;
import dev.tasker.server.api.TaskSignals;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.config.TlsConfig;
import dev.tasker.server.embedded.InProcessWorkSource;
import dev.tasker.server.gateway.GatewayConfig;
import dev.tasker.server.gateway.GatewayServer;
import dev.tasker.server.gateway.WorkerGateway;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.OperationalState;
import dev.tasker.server.rest.RestServer;
import dev.tasker.server.rest.ServerIdentity;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.ServerTls;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.worker.WorkSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
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
    private Authenticator authenticator = Authenticator.DISABLED;
    private @Nullable GatewayServer gateway;
    private @Nullable RestServer rest;
    private boolean stopped;

    private TaskerServer(ServerConfig config, DatabaseAccess database, Engine engine, TaskSignals signals) {
        this.config = config;
        this.database = database;
        this.engine = engine;
        DatabaseBreaker breaker = new DatabaseBreaker(System::nanoTime);
        Backpressure backpressure = new Backpressure(
                breaker, () -> engine.metrics().lanes(), config.engine().lanes(), System::nanoTime);
        this.operations = Operations.of(
                engine,
                signals,
                backpressure,
                breaker,
                config.environment().text(),
                () -> database.poolFigures().utilization());
        this.health = new NodeHealth(database::probe, database::poolFigures, engine::isHealthy, breaker, backpressure);
        graceful.push(engine);
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
                    listener.and(signals));
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
        if (config.grpc().enabled()) {
            openGateway(config.grpc().bindAddress());
        }
        if (config.web().enabled()) {
            openRest(config.web().bindAddress());
        }
        health.become(OperationalState.NORMAL);
        log.info(
                "Ready: REST {}, gRPC {}, database {}",
                restUrl().orElse(null),
                grpcPort().orElse(null),
                database);
    }

    private void openGateway(BindAddress address) {
        GatewayConfig gatewayConfig = GatewayConfig.DEFAULT
                .withLeases(config.engine().leases())
                .withDrain(smaller(GATEWAY_DRAIN_MAX, config.shutdownTimeout().dividedBy(2)));
        ServerTls tls = openTls(config.grpc().tls(), address, "orchestration.grpc");
        WorkerGateway workers =
                new WorkerGateway(engine::openSession, this::register, engine::namespaceOf, gatewayConfig);
        GatewayServer opened = listening(
                "gRPC",
                address,
                () -> GatewayServer.start(address.toSocketAddress(), authenticator, tls, workers, List.of()));
        gateway = opened;
        graceful.push(opened);
    }

    private void openRest(BindAddress address) {
        ServerTls tls = openTls(config.web().tls(), address, "orchestration.web");
        ServerIdentity identity =
                new ServerIdentity(version(), config.environment().text());
        RestServer opened = listening(
                "REST",
                address,
                () -> RestServer.start(
                        config.web(),
                        authenticator,
                        tls,
                        engine,
                        operations,
                        health,
                        InstantSource.system(),
                        identity,
                        config.shutdownTimeout()));
        rest = opened;
        graceful.push(opened);
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

    /** Finds out by itself whether the address can be had: the libraries below report that late, or only to their log. */
    private static <T> T listening(String what, BindAddress address, Supplier<T> opener) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address.toSocketAddress());
        } catch (IOException e) {
            throw new StartupException(
                    what + " cannot listen on " + address + ": " + e.getMessage()
                            + " (expected: an address of this machine with a port that nobody uses).",
                    e);
        }
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
