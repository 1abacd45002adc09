package dev.tasker.server.grpc;

import dev.tasker.server.TaskerServer;
import dev.tasker.server.api.ApiContext;
import dev.tasker.server.api.DatabaseGuard;
import dev.tasker.server.api.Operations;
import dev.tasker.server.api.TaskSignals;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.gateway.GatewayConfig;
import dev.tasker.server.gateway.GatewayServer;
import dev.tasker.server.gateway.GuardedService;
import dev.tasker.server.gateway.SessionFactory;
import dev.tasker.server.gateway.WorkerGateway;
import dev.tasker.server.health.LaneFill;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.OperationalState;
import dev.tasker.server.health.PoolFigures;
import dev.tasker.server.health.ServerIdentity;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.telemetry.Tracing;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A gRPC listener whose parts a test has in its hands, on the engine of a server. */
final class OpenServices implements AutoCloseable {
    private static final int LANE_ROOM = 20_000;

    private final TaskerServer server;
    private final PublicServices services;
    private final GatewayServer listener;
    private final ManagedChannel channel;
    private final NodeHealth health;
    private volatile int waiting;
    private volatile boolean databaseLost;
    private volatile CountDownLatch stalled = new CountDownLatch(0);

    private OpenServices(
            ServerConfig config,
            Authenticator authenticator,
            Duration timeLimit,
            Tracing tracing,
            InstantSource clock) {
        this.server = TaskerServer.start(config);
        this.health = new NodeHealth(
                this::askDatabase,
                () -> PoolFigures.NONE,
                server.engine()::isHealthy,
                () -> List.of(new LaneFill("lane", waiting, LANE_ROOM)),
                ServerConfig.defaults(Environment.PRODUCTION).operations(),
                System::nanoTime);
        health.become(OperationalState.NORMAL);
        health.evaluate();
        Operations operations = Operations.of(
                server.engine(),
                new TaskSignals(),
                new DatabaseGuard(health.backpressure(), health.breaker()),
                "test",
                () -> 0.25);
        this.services = new PublicServices(
                new ApiContext(config, operations, health, new ServerIdentity("1", "test"), clock, tracing), timeLimit);
        this.listener = GatewayServer.start(
                BindAddress.loopback(0).toSocketAddress(),
                authenticator,
                null,
                new WorkerGateway(
                        SessionFactory.of(server.engine()),
                        _ -> {},
                        server.engine()::namespaceOf,
                        GatewayConfig.DEFAULT),
                services.services());
        this.channel = GrpcScene.channel(listener.port());
    }

    static OpenServices start(Path folder, Authenticator authenticator) {
        return start(folder, authenticator, Duration.ofSeconds(30));
    }

    static OpenServices start(Path folder, Authenticator authenticator, Duration timeLimit) {
        return start(folder, authenticator, timeLimit, Tracing.OFF);
    }

    static OpenServices start(Path folder, Authenticator authenticator, Duration timeLimit, Tracing tracing) {
        return start(folder, authenticator, timeLimit, tracing, InstantSource.system());
    }

    /** With a clock by which credentials expire. */
    static OpenServices start(Path folder, Authenticator authenticator, InstantSource clock) {
        return start(folder, authenticator, Duration.ofSeconds(30), Tracing.OFF, clock);
    }

    private static OpenServices start(
            Path folder, Authenticator authenticator, Duration timeLimit, Tracing tracing, InstantSource clock) {
        return new OpenServices(
                ServerConfig.defaults(Environment.TEST)
                        .withEmbeddedDatabase(folder.resolve("pg"), false)
                        .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0)),
                authenticator,
                timeLimit,
                tracing,
                clock);
    }

    TaskerServer server() {
        return server;
    }

    List<GuardedService> services() {
        return services.services();
    }

    ManagedChannel channel() {
        return channel;
    }

    NodeHealth health() {
        return health;
    }

    /** Makes it look as if so many commands waited. */
    void fillLanes(int commands) {
        waiting = commands;
        health.evaluate();
    }

    /** Whether probes of the database fail. */
    void loseDatabase(boolean lost) {
        databaseLost = lost;
    }

    /** As a server does that stops. */
    void closeServices() {
        services.close();
    }

    /** Makes probes of the database wait until the latch is down. */
    void stallDatabase(CountDownLatch latch) {
        stalled = latch;
    }

    private void askDatabase() throws Exception {
        stalled.await();
        if (databaseLost) {
            throw new IOException("connection refused");
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        services.close();
        listener.close();
        server.close();
    }
}
