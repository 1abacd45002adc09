package dev.tasker.server.rest;

import dev.tasker.server.TaskerServer;
import dev.tasker.server.api.ApiContext;
import dev.tasker.server.api.DatabaseGuard;
import dev.tasker.server.api.Operations;
import dev.tasker.server.api.TaskSignals;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.gateway.CallLimits;
import dev.tasker.server.gateway.GatewayConfig;
import dev.tasker.server.gateway.SessionFactory;
import dev.tasker.server.gateway.WorkerGateway;
import dev.tasker.server.health.LaneFill;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.OperationalState;
import dev.tasker.server.health.PoolFigures;
import dev.tasker.server.health.ServerIdentity;
import dev.tasker.server.security.Authenticator;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** A REST listener whose parts a test has in its hands, on the engine of a server. */
final class OpenRoutes implements AutoCloseable {
    private static final int LANE_ROOM = 20_000;

    private final TaskerServer server;
    private final RestServer rest;
    private final NodeHealth health;
    private volatile int waiting;
    private volatile boolean databaseLost;

    private OpenRoutes(TaskerServer server, Authenticator authenticator, CallLimits limits, InstantSource clock) {
        this.server = server;
        ServerConfig config =
                ServerConfig.defaults(Environment.TEST).withAddresses(BindAddress.loopback(0), BindAddress.loopback(0));
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
        this.rest = RestServer.start(
                new ApiContext(config, operations, health, new ServerIdentity("1", "test"), clock, server.tracing()),
                authenticator,
                null,
                server.engine(),
                new WorkerGateway(
                                SessionFactory.of(server.engine()),
                                _ -> {},
                                server.engine()::namespaceOf,
                                GatewayConfig.DEFAULT,
                                limits,
                                clock)
                        .polled(),
                List::of);
    }

    static OpenRoutes start(Path folder) {
        return start(folder, Authenticator.DISABLED);
    }

    static OpenRoutes start(Path folder, Authenticator authenticator) {
        return start(folder, authenticator, CallLimits.NONE, InstantSource.system());
    }

    /** With limits for workers, and a clock by which credentials expire. */
    static OpenRoutes start(Path folder, Authenticator authenticator, CallLimits limits, InstantSource clock) {
        ServerConfig config = ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0));
        return new OpenRoutes(TaskerServer.start(config), authenticator, limits, clock);
    }

    TaskerServer server() {
        return server;
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

    private void askDatabase() throws IOException {
        if (databaseLost) {
            throw new IOException("connection refused");
        }
    }

    List<Route> routes() {
        return rest.routes();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + rest.port());
    }

    TestClient client() {
        return new TestClient(url());
    }

    @Override
    public void close() {
        rest.close();
        server.close();
    }
}
