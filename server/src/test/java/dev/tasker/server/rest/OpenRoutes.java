package dev.tasker.server.rest;

import dev.tasker.engine.EngineMetrics;
import dev.tasker.engine.LaneConfig;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.api.Backpressure;
import dev.tasker.server.api.DatabaseBreaker;
import dev.tasker.server.api.Operations;
import dev.tasker.server.api.TaskSignals;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.config.WebConfig;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.OperationalState;
import dev.tasker.server.health.PoolFigures;
import dev.tasker.server.security.Authenticator;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A REST listener whose parts a test has in its hands, on the engine of a server. */
final class OpenRoutes implements AutoCloseable {
    private final TaskerServer server;
    private final RestServer rest;
    private final AtomicLong clock = new AtomicLong();
    private volatile int waiting;
    private volatile boolean databaseLost;

    private OpenRoutes(TaskerServer server, Authenticator authenticator) {
        this.server = server;
        DatabaseBreaker breaker = new DatabaseBreaker(System::nanoTime);
        Backpressure backpressure = new Backpressure(
                breaker,
                () -> List.of(new EngineMetrics.Lane("lane", waiting, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
                LaneConfig.DEFAULT,
                clock::getAndIncrement);
        NodeHealth health = new NodeHealth(
                this::askDatabase, () -> new PoolFigures(1, 1, 4), server.engine()::isHealthy, breaker, backpressure);
        health.become(OperationalState.NORMAL);
        this.rest = RestServer.start(
                new WebConfig(true, BindAddress.loopback(0), Duration.ofSeconds(30), null),
                authenticator,
                null,
                server.engine(),
                Operations.of(server.engine(), new TaskSignals(), backpressure, breaker, "test", () -> 0.25),
                health,
                InstantSource.system(),
                new ServerIdentity("1", "test"),
                Duration.ofSeconds(5));
    }

    static OpenRoutes start(Path folder) {
        return start(folder, Authenticator.DISABLED);
    }

    static OpenRoutes start(Path folder, Authenticator authenticator) {
        ServerConfig config = ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0));
        return new OpenRoutes(TaskerServer.start(config), authenticator);
    }

    TaskerServer server() {
        return server;
    }

    /** Makes it look as if so many commands waited. */
    void fillLanes(int commands) {
        waiting = commands;
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
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

    TestClient client() {
        return new TestClient(URI.create("http://127.0.0.1:" + rest.port()));
    }

    @Override
    public void close() {
        rest.close();
        server.close();
    }
}
