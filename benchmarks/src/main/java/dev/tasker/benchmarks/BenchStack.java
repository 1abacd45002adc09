package dev.tasker.benchmarks;

import dev.tasker.engine.Creation;
import dev.tasker.engine.Engine;
import dev.tasker.engine.TaskRequest;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.DatabaseConfig;
import dev.tasker.server.config.DatabaseUrl;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.embedded.InProcessWorkSource;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What is measured: an engine with a worker, and the way in which a client creates one task at a time. */
interface BenchStack extends AutoCloseable {

    Engine engine();

    /** Creates a task as a client would and waits for the answer. */
    UUID create(TaskRequest request) throws Exception;

    @Override
    void close();

    /** The stack for {@code options} on this database. */
    static BenchStack start(BenchOptions options, EmbeddedPostgres postgres, String database, TaskTracker tracker)
            throws Exception {
        return switch (options.transport()) {
            case IN_PROCESS -> InProcess.start(options, postgres, database, tracker);
            case GRPC, HTTP -> Remote.start(options, postgres, database, tracker);
        };
    }

    /** A server in this JVM as it would run in production, with its connection pool, on ports of its own. */
    static TaskerServer server(
            EmbeddedPostgres postgres, String database, TaskTracker tracker, @Nullable BenchCredentials credentials) {
        ServerConfig config = config(postgres, database);
        return TaskerServer.start(
                credentials == null ? config : config.withTls(credentials.tls()).withAuth(credentials.auth()), tracker);
    }

    /** The configuration of such a server. */
    static ServerConfig config(EmbeddedPostgres postgres, String database) {
        ServerConfig defaults = ServerConfig.defaults(Environment.PRODUCTION);
        DatabaseUrl url = DatabaseUrl.parse("postgresql://" + postgres.user() + ":" + postgres.password()
                + "@127.0.0.1:" + postgres.port() + "/" + database);
        return defaults.withDatabase(new DatabaseConfig(
                        url,
                        null,
                        defaults.database().pool(),
                        defaults.database().dataDirectory(),
                        false))
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0));
    }

    /** The engine of a server, with its connection pool, and a worker in this JVM, called without a network. */
    record InProcess(TaskerServer server, WorkerRuntime worker) implements BenchStack {
        private static InProcess start(
                BenchOptions options, EmbeddedPostgres postgres, String database, TaskTracker tracker) {
            TaskerServer server = BenchStack.server(postgres, database, tracker, null);
            WorkerRuntime worker = WorkerRuntime.start(
                    new InProcessWorkSource(server.engine()),
                    Scenario.handlers(),
                    WorkerConfig.defaults().withName("bench").withSlots(options.slots()));
            return new InProcess(server, worker);
        }

        @Override
        public Engine engine() {
            return server.engine();
        }

        @Override
        public UUID create(TaskRequest request) throws Exception {
            Creation creation = engine().create(request).get(60, TimeUnit.SECONDS);
            return creation.taskUuid();
        }

        @Override
        public void close() {
            worker.close();
            server.close();
        }
    }

    /** A server in this JVM, called over HTTP, and a worker process connected to it. */
    record Remote(
            TaskerServer server,
            RemoteWorker worker,
            HttpClient http,
            @Nullable String token,
            JsonMapper json) implements BenchStack {
        private static Remote start(
                BenchOptions options, EmbeddedPostgres postgres, String database, TaskTracker tracker)
                throws Exception {
            BenchCredentials credentials =
                    options.secure() ? BenchCredentials.make(Files.createTempDirectory("tasker-bench-keys")) : null;
            TaskerServer server = BenchStack.server(postgres, database, tracker, credentials);
            String address = options.transport() == BenchOptions.Transport.HTTP
                    ? server.restUrl().orElseThrow().toString()
                    : "127.0.0.1:" + server.grpcPort().orElseThrow();
            RemoteWorker worker = RemoteWorker.start(address, options.slots(), credentials);
            return credentials == null
                    ? new Remote(server, worker, HttpClient.newHttpClient(), null, JsonMapper.shared())
                    : new Remote(
                            server,
                            worker,
                            HttpClient.newBuilder()
                                    .sslContext(credentials.trust())
                                    .build(),
                            Files.readString(credentials.token()),
                            JsonMapper.shared());
        }

        @Override
        public Engine engine() {
            return server.engine();
        }

        @Override
        public UUID create(TaskRequest request) throws Exception {
            String body =
                    "{\"namespace\":\"" + request.namespace() + "\",\"name\":\"" + request.name() + "\",\"version\":\""
                            + request.version() + "\",\"context\":" + request.context()
                            + ",\"initiator\":\"bench\",\"source_system\":\"bench\",\"reason\":\"bench\"}";
            URI tasks = server.restUrl().orElseThrow().resolve("/v1/tasks");
            HttpRequest.Builder creation = HttpRequest.newBuilder(tasks)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            if (token != null) {
                creation.header("Authorization", "Bearer " + token);
            }
            HttpResponse<String> response = http.send(creation.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException("POST " + tasks + ": " + response.statusCode() + " " + response.body());
            }
            return UUID.fromString(
                    json.readTree(response.body()).get("task_uuid").asString());
        }

        @Override
        public void close() {
            worker.close();
            http.close();
            server.close();
        }
    }
}
