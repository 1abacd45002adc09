package dev.tasker.client;

import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A real server with templates of two steps in a row, hands to work them, and a client. */
final class Scene implements AutoCloseable {
    static final String NAMESPACE = "client_test";

    private final AtomicInteger numbers = new AtomicInteger();
    private final TaskerServer server;
    private final TaskerClient client;

    private Scene(TaskerServer server) {
        this.server = server;
        this.client = TaskerClient.of(server.restUrl().orElseThrow());
    }

    static ServerConfig config(Path folder) {
        return ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0));
    }

    static Scene start(ServerConfig config) {
        return new Scene(TaskerServer.start(config));
    }

    TaskerServer server() {
        return server;
    }

    /** Over REST. */
    TaskerClient client() {
        return client;
    }

    /** To be closed. */
    TaskerClient client(Transport transport) {
        return TaskerClient.of(
                switch (transport) {
                    case REST -> server.restUrl().orElseThrow();
                    case GRPC -> grpcUrl();
                });
    }

    URI grpcUrl() {
        return URI.create("grpc://127.0.0.1:" + server.grpcPort().orElseThrow());
    }

    static String template(String name) {
        return """
            name: %s
            namespace_name: client_test
            version: 1.0.0
            steps:
              - name: first
                handler: {callable: client.%s.first}
                retry: {max_attempts: 1}
              - name: second
                dependencies: [first]
                handler: {callable: client.%s.second}
            """.formatted(name, name, name);
    }

    /** A template of its own, so that no other test's tasks are in the way. */
    String register() {
        String name = "pair" + numbers.incrementAndGet();
        server.register(name + ".yaml", template(name));
        return name;
    }

    /** A task that no other is equal to. */
    CreateTask request(String template) {
        return CreateTask.of(NAMESPACE, template, "1.0.0", Map.of("number", numbers.incrementAndGet()));
    }

    HandDrivenWorker worker(String template) {
        return HandDrivenWorker.open(
                        server.engine(),
                        new SessionRequest(
                                "hand",
                                List.of(
                                        new HandlerKey(NAMESPACE, "client." + template + ".first"),
                                        new HandlerKey(NAMESPACE, "client." + template + ".second")),
                                true))
                .grant(4);
    }

    /** Fails the first step for good. */
    void fail(String template) {
        try (HandDrivenWorker worker = worker(template)) {
            worker.report(worker.next("first"), Results.retryable());
        }
    }

    /** Works the whole task. */
    void work(String template) {
        try (HandDrivenWorker worker = worker(template)) {
            worker.run("first");
            worker.run("second");
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
