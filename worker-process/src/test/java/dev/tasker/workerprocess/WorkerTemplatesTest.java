package dev.tasker.workerprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TemplateSummary;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.event.SubscriberRegistry;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import dev.tasker.worker.remote.HttpWorkSource;
import dev.tasker.worker.remote.HttpWorkSourceConfig;
import dev.tasker.worker.remote.WorkerCredential;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker brings its templates to a server that knows none (09 §2.4). */
class WorkerTemplatesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String KEY = "it-is-a-secret";

    @TempDir
    private Path folder;

    @Test
    void tasksCanBeCreatedAsSoonAsTheirWorkerAnswers() throws Exception {
        try (TaskerServer server = TaskerServer.start(config(0))) {
            try (WorkSource source = grpc(server, null);
                    WorkerProcess worker = worker(source, template("one"))) {
                assertThat(get(worker, "/health").statusCode()).isEqualTo(200);
                create(server);
            }
            try (WorkSource source = grpc(server, null);
                    WorkerProcess _ = worker(source, template("one"))) { // once more changes nothing
                assertThat(server.engine().templates(null)).hasSize(1);
            }
        }
    }

    @Test
    void workerThatPollsBringsItsTemplatesToo() throws Exception {
        try (TaskerServer server = TaskerServer.start(config(0));
                WorkSource source = http(server, null);
                WorkerProcess _ = worker(source, template("one"))) {
            create(server);
        }
    }

    @Test
    void serverThatComesLaterIsToldAndTheWorkerIsNotReadyBefore() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (WorkSource source = new GrpcWorkSource("127.0.0.1:" + port, GrpcWorkSourceConfig.DEFAULT);
                WorkerProcess worker = worker(source, template("one"))) {
            assertThat(get(worker, "/health/ready").statusCode()).isEqualTo(503);

            try (TaskerServer server = TaskerServer.start(config(port))) {
                await().atMost(PATIENCE)
                        .until(() -> get(worker, "/health/ready").statusCode(), status -> status == 200);
                create(server);
            }
        }
    }

    @Test
    void workerThatMayNotRegisterIsReadyAllTheSame() throws Exception {
        AuthConfig auth = new AuthConfig(
                true,
                false,
                true,
                true,
                new JwtConfig("tasker-core", "tasker-api", List.of("RS256"), "permissions", new JwtConfig.NoKey()),
                new ApiKeyConfig(
                        "X-API-Key",
                        List.of(new ApiKeyConfig.Key(
                                ApiKeyConfig.sha256(KEY),
                                false,
                                List.of("worker:connect"),
                                List.of("*"),
                                "worker",
                                null))));
        WorkerCredential credential = WorkerCredential.apiKey("X-API-Key", () -> KEY);
        try (TaskerServer server = TaskerServer.start(config(0).withAuth(auth))) {
            for (WorkSource source : List.of(grpc(server, credential), http(server, credential))) {
                try (source;
                        WorkerProcess worker = worker(source, template("one"))) {
                    await().atMost(PATIENCE)
                            .until(() -> get(worker, "/health/ready").statusCode(), status -> status == 200);
                    assertThat(server.engine().templates(null)).isEmpty();
                }
            }
        }
    }

    @Test
    void otherContentOfAVersionIsRefusedWhereItMayNotBeReplaced() throws Exception {
        ServerConfig config = config(0);
        try (TaskerServer server = TaskerServer.start(config.withEngine(keeping(config.engine())))) {
            server.register("one", yaml("one"));
            for (WorkSource source : List.of(grpc(server, null), http(server, null))) {
                try (source;
                        WorkerProcess worker = worker(source, template("another"))) {
                    await().atMost(PATIENCE)
                            .until(() -> get(worker, "/health/ready").statusCode(), status -> status == 200);
                    assertThat(server.engine().templates(null))
                            .extracting(TemplateSummary::description)
                            .containsExactly("one");
                }
            }
        }
    }

    private ServerConfig config(int grpcPort) {
        return ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(grpcPort));
    }

    private static EngineConfig keeping(EngineConfig engine) {
        return new EngineConfig(
                engine.lanes(),
                engine.leases(),
                engine.backoff(),
                engine.dispatch(),
                engine.graph(),
                engine.domainEvents(),
                engine.staleness(),
                engine.retention(),
                engine.audit(),
                engine.rollups(),
                engine.soleNode(),
                false);
    }

    private static WorkSource grpc(TaskerServer server, @Nullable WorkerCredential credential) {
        return new GrpcWorkSource(
                "127.0.0.1:" + server.grpcPort().orElseThrow(),
                GrpcWorkSourceConfig.DEFAULT.withCredential(credential));
    }

    private static WorkSource http(TaskerServer server, @Nullable WorkerCredential credential) {
        return new HttpWorkSource(
                server.restUrl().orElseThrow(), HttpWorkSourceConfig.DEFAULT.withCredential(credential));
    }

    private static String yaml(String description) {
        return """
            name: told
            namespace_name: warehouse
            version: 1.0.0
            description: %s
            steps:
              - name: sort
                handler: {callable: belts.sort}
            """.formatted(description);
    }

    private static TaskTemplate template(String description) {
        return TemplateParser.parse("told.yaml", yaml(description)).template();
    }

    private static WorkerProcess worker(WorkSource source, TaskTemplate template) {
        HandlerRegistry handlers = HandlerRegistry.builder()
                .handler(new HandlerKey("warehouse", "belts.sort"), _ -> StepResult.success(Map.of()))
                .build();
        return WorkerProcess.start(
                Stage.config(), source, handlers, new PublisherRegistry(), new SubscriberRegistry(), List.of(template));
    }

    private static void create(TaskerServer server) throws Exception {
        server.engine()
                .create(TaskRequest.of("warehouse", "told", "1.0.0", "{\"run\":\"" + UUID.randomUUID() + "\"}"))
                .get(10, TimeUnit.SECONDS);
    }

    private static HttpResponse<String> get(WorkerProcess worker, String path)
            throws IOException, InterruptedException {
        URI base = worker.restUrl().orElseThrow();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(base.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
