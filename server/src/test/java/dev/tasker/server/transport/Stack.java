package dev.tasker.server.transport;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskRequest;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.DatabaseConfig;
import dev.tasker.server.config.DatabaseUrl;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.worker.WorkSource;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A whole server on a test's database, and the ways to it. */
final class Stack implements AutoCloseable {
    static final LeaseConfig QUICK_LEASES =
            new LeaseConfig(Duration.ofSeconds(3), Duration.ofMillis(500), Duration.ofMillis(100));

    private static final Duration SHUTDOWN = Duration.ofSeconds(4);

    private final TaskerServer server;

    private Stack(TaskerServer server) {
        this.server = server;
    }

    static Stack start(TestDatabase database, AuthConfig auth) {
        return start(database, auth, LeaseConfig.DEFAULT, 0, 0);
    }

    static Stack start(TestDatabase database, AuthConfig auth, LeaseConfig leases, int restPort, int grpcPort) {
        return start(database, auth, leases, true, restPort, grpcPort);
    }

    /** A server that takes, or refuses, another document for a version it knows. */
    static Stack start(
            TestDatabase database,
            AuthConfig auth,
            LeaseConfig leases,
            boolean replacesTemplates,
            int restPort,
            int grpcPort) {
        EngineConfig engine = EngineConfig.DEFAULT.withLeases(leases).withReplacesTemplates(replacesTemplates);
        return start(database, database.server().port(), auth, engine, restPort, grpcPort);
    }

    /** A server that reaches its database at another port, and whose engine is configured as given. */
    static Stack start(TestDatabase database, int databasePort, EngineConfig engine) {
        return start(database, databasePort, AuthConfig.DISABLED, engine, 0, 0);
    }

    private static Stack start(
            TestDatabase database, int databasePort, AuthConfig auth, EngineConfig engine, int restPort, int grpcPort) {
        ServerConfig defaults = ServerConfig.defaults(Environment.TEST);
        String url = "postgresql://" + database.server().user() + ":"
                + database.server().password() + "@127.0.0.1:" + databasePort + "/" + database.name();
        ServerConfig config = defaults.withDatabase(new DatabaseConfig(
                        DatabaseUrl.parse(url),
                        null,
                        defaults.database().pool(),
                        defaults.database().dataDirectory(),
                        false))
                .withAuth(auth)
                .withEngine(engine)
                .withAddresses(BindAddress.loopback(restPort), BindAddress.loopback(grpcPort));
        return new Stack(TaskerServer.start(new ServerConfig(
                config.environment(),
                config.database(),
                config.engine(),
                config.web(),
                config.grpc(),
                config.auth(),
                config.operations(),
                config.telemetry(),
                config.templatePaths(),
                SHUTDOWN)));
    }

    TaskerServer server() {
        return server;
    }

    Engine engine() {
        return server.engine();
    }

    int restPort() {
        return server.restUrl().orElseThrow().getPort();
    }

    int grpcPort() {
        return server.grpcPort().orElseThrow();
    }

    /** Registers a template, named by its text. */
    void register(String yaml) {
        server.register("template.yaml", yaml);
    }

    /** A template with one step. */
    void registerSolo(String namespace, String callable) {
        register("""
            name: solo
            namespace_name: %s
            version: "1.0.0"
            steps:
              - name: only
                handler: {callable: %s}
            """.formatted(namespace, callable));
    }

    UUID create(String namespace, String name) throws Exception {
        return create(TaskRequest.of(namespace, name, "1.0.0", "{\"id\":\"" + UUID.randomUUID() + "\"}"));
    }

    /** Asks for a task and does not wait for it. */
    void createLater(String namespace, String name) {
        var _ = engine().create(TaskRequest.of(namespace, name, "1.0.0", "{\"id\":\"" + UUID.randomUUID() + "\"}"));
    }

    UUID create(TaskRequest request) throws Exception {
        return engine().create(request).get(20, TimeUnit.SECONDS).taskUuid();
    }

    StepView step(UUID task, String name) {
        return engine().steps(task).stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until the step has this state, as an API names it. */
    void awaitStep(UUID task, String name, String state) {
        Eventually.equals(name, state, () -> step(task, name).state().text());
    }

    /** Closes sources before the server, whatever happened. */
    static void close(List<? extends AutoCloseable> open) throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    WorkSource inProcess() {
        return server.workSource();
    }

    @Override
    public void close() {
        server.close();
    }
}
