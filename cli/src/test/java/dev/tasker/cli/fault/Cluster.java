package dev.tasker.cli.fault;

import dev.tasker.cli.Main;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.server.DatabaseAccess;
import dev.tasker.server.config.DatabaseConfig;
import dev.tasker.server.config.DatabaseUrl;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A PostgreSQL of the test with server and worker processes around it; closing ends them all. Leases last 5 s, with 1 s of grace. */
final class Cluster implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(60);

    private final EmbeddedPostgres postgres;
    private final Path templates;
    private final Path effects;
    private final List<ChildJvm> processes = new ArrayList<>();
    private final List<Rest> clients = new ArrayList<>();

    /** A server process and how to reach it. */
    record Node(ChildJvm process, Rest rest, int restPort, int grpcPort) {
        String address(Way way) {
            return switch (way) {
                case GRPC -> "127.0.0.1:" + grpcPort;
                case HTTP -> "http://127.0.0.1:" + restPort;
            };
        }
    }

    /** How a worker gets its steps. */
    enum Way {
        GRPC,
        HTTP
    }

    private Cluster(EmbeddedPostgres postgres, Path templates, Path effects) {
        this.postgres = postgres;
        this.templates = templates;
        this.effects = effects;
    }

    static Cluster start(Path folder) throws IOException {
        Path templates = Files.createDirectory(folder.resolve("templates"));
        Files.writeString(templates.resolve("flow.yaml"), FaultWorker.FLOW);
        Files.writeString(templates.resolve("gated.yaml"), FaultWorker.GATED);
        Files.writeString(templates.resolve("busy.yaml"), FaultWorker.BUSY);
        Files.writeString(templates.resolve("held.yaml"), FaultWorker.HELD);
        Files.writeString(templates.resolve("walk.yaml"), FaultWorker.WALK);
        EmbeddedPostgres postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder.resolve("postgres")));
        Cluster cluster = new Cluster(postgres, templates, folder.resolve("effects"));
        try {
            postgres.createDatabase("tasker");
            ServerConfig defaults = ServerConfig.defaults(Environment.TEST);
            try (DatabaseAccess access = DatabaseAccess.connect(new DatabaseConfig(
                    DatabaseUrl.parse(cluster.databaseUrl()),
                    null,
                    defaults.database().pool(),
                    folder,
                    true))) {
                access.migrations().migrate();
            }
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Starts {@code tasker server} on free ports and waits until it is ready. */
    Node server(String name) {
        return server(name, Environment.TEST, 0, 0);
    }

    /** As {@link #server(String)}, with the defaults of another environment. */
    Node server(String name, Environment environment) {
        return server(name, environment, 0, 0);
    }

    /** Starts a server on the ports that another had. */
    Node successor(String name, Node former) {
        return successor(name, Environment.TEST, former);
    }

    /** As {@link #successor(String, Node)}, with the defaults of another environment. */
    Node successor(String name, Environment environment, Node former) {
        return server(name, environment, former.restPort(), former.grpcPort());
    }

    private Node server(String name, Environment environment, int restPort, int grpcPort) {
        ChildJvm process = add(ChildJvm.start(
                name,
                Main.class,
                Map.of(
                        "TASKER_ENV",
                        environment.text(),
                        "DATABASE_URL",
                        databaseUrl(),
                        "TASKER_TEMPLATE_PATH",
                        templates.toString(),
                        "TASKER_WEB_BIND_ADDRESS",
                        "127.0.0.1:" + restPort,
                        "TASKER_ORCHESTRATION_GRPC_BIND_ADDRESS",
                        "127.0.0.1:" + grpcPort),
                "server"));
        var ready = process.awaitLine("Ready: REST http://127.0.0.1:(\\d+), gRPC (\\d+),", START_MAX);
        Rest rest = new Rest(URI.create("http://127.0.0.1:" + ready.group(1)));
        clients.add(rest);
        return new Node(process, rest, Integer.parseInt(ready.group(1)), Integer.parseInt(ready.group(2)));
    }

    /** Starts a worker and waits until the server knows it. */
    ChildJvm worker(String name, Node server) {
        return worker(name, server, Way.GRPC);
    }

    /** Starts a worker and waits until the server knows it. */
    ChildJvm worker(String name, Node server, Way way) {
        return worker(name, server, way, Map.of());
    }

    /** Starts a worker that takes so many steps at once. */
    ChildJvm worker(String name, Node server, Way way, int slots) {
        return worker(name, server, way, Map.of(FaultWorker.SLOTS, String.valueOf(slots)));
    }

    /** Starts a worker whose virtual threads share one processor. */
    ChildJvm workerOnOneProcessor(String name, Node server) {
        return worker(name, server, Way.GRPC, Map.of("JDK_JAVA_OPTIONS", "-Djdk.virtualThreadScheduler.parallelism=1"));
    }

    private ChildJvm worker(String name, Node server, Way way, Map<String, String> environment) {
        String address = server.address(way);
        ChildJvm process = add(ChildJvm.start(name, FaultWorker.class, environment, address, effects.toString()));
        process.awaitLine("session \\S+ with " + address, START_MAX);
        return process;
    }

    /** A {@code tasker worker} and its own listener. */
    record Worker(ChildJvm process, Rest rest) {
        int status(String path) throws IOException, InterruptedException {
            return rest.get(path).status();
        }
    }

    /** Starts {@code tasker worker} with the handlers of {@code held} and waits until it listens. */
    Worker taskerWorker(String name, Node server, Way way, Path configuration) {
        ChildJvm process = add(ChildJvm.start(
                name,
                Main.class,
                Map.of("TASKER_ENV", "test", "TASKER_WORKER_ID", name, "TASKER_CONFIG_PATH", configuration.toString()),
                "worker",
                "--server",
                server.address(way),
                "--port",
                "0",
                "--grpc-port",
                "0",
                "--packages",
                "dev.tasker.cli.fault.held",
                "--templates",
                templates.resolve("held.yaml").toString()));
        var line =
                process.awaitLine("Worker " + name + " runs with \\d+ slots: REST (http://127.0.0.1:\\d+)", START_MAX);
        Rest rest = new Rest(URI.create(line.group(1)));
        clients.add(rest);
        process.awaitLine("session \\S+ with " + server.address(way), START_MAX);
        return new Worker(process, rest);
    }

    EmbeddedPostgres postgres() {
        return postgres;
    }

    Auditor auditor() {
        return new Auditor(postgres.jdbcUrl("tasker"));
    }

    List<Effect> effects() throws IOException {
        return Effect.read(effects);
    }

    private ChildJvm add(ChildJvm process) {
        processes.add(process);
        return process;
    }

    private String databaseUrl() {
        return "postgresql://" + postgres.user() + ":" + postgres.password() + "@127.0.0.1:" + postgres.port()
                + "/tasker";
    }

    @Override
    public void close() {
        clients.forEach(Rest::close);
        processes.reversed().forEach(ChildJvm::close); // workers before their servers
        postgres.close();
    }
}
