package dev.tasker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Creation;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.DatabaseConfig;
import dev.tasker.server.config.DatabaseUrl;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting and stopping nodes. */
class TaskerServerTest {
    private static final String TEMPLATE = """
        name: one
        namespace_name: server_test
        version: 1.0.0
        steps:
          - name: only
            handler: {callable: test.only}
            retry: {retryable: true, max_attempts: 2, backoff_base_ms: 50}
        """;

    @TempDir
    Path folder;

    @Test
    void workersInTheSameProcessRunSteps() throws Exception {
        CountDownLatch done = new CountDownLatch(2);
        HandlerRegistry handlers = HandlerRegistry.builder()
                .handler("test.only", context -> {
                    done.countDown();
                    return context.isRetry()
                            ? StepResult.success(Map.of("attempt", context.attempt()))
                            : StepResult.failure("not yet").type("flaky");
                })
                .build();
        try (TaskerServer server = TaskerServer.start(embedded())) {
            server.register("one.yaml", TEMPLATE);
            try (WorkerRuntime worker = WorkerRuntime.start(server.workSource(), handlers, WorkerConfig.defaults())) {
                Creation creation = server.engine()
                        .create(TaskRequest.of("server_test", "one", "1.0.0", "{}"))
                        .get();
                assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
                worker.close();

                assertThat(server.engine()
                                .task(creation.taskUuid())
                                .orElseThrow()
                                .state())
                        .isEqualTo(TaskState.COMPLETE);
                StepView step = server.engine().steps(creation.taskUuid()).getFirst();
                assertThat(step.attempts()).isEqualTo(2);
                assertThat(step.result()).contains("\"attempt\":2");
            }
        }
    }

    @Test
    void dataOutliveTheServer() throws Exception {
        UUID taskUuid;
        try (TaskerServer server = TaskerServer.start(embedded())) {
            server.register("one.yaml", TEMPLATE);
            taskUuid = server.engine()
                    .create(TaskRequest.of("server_test", "one", "1.0.0", "{}"))
                    .get()
                    .taskUuid();
        }
        try (TaskerServer server = TaskerServer.start(embedded())) {
            assertThat(server.engine().task(taskUuid)).isPresent();
        }
    }

    @Test
    void templatesOfPathsAreRegisteredAndBrokenOnesSkipped() throws IOException {
        Path templates = Files.createDirectory(folder.resolve("templates"));
        Files.writeString(templates.resolve("one.yaml"), TEMPLATE);
        Files.writeString(templates.resolve("broken.yaml"), "name: [");
        Path single = Files.writeString(folder.resolve("two.yml"), TEMPLATE.replace("name: one", "name: two"));

        try (TaskerServer server = TaskerServer.start(
                embedded().withTemplatePaths(List.of(templates, single, folder.resolve("missing.yaml"))))) {
            assertThat(server.engine().templates(null))
                    .extracting(template -> template.name())
                    .containsExactly("one", "two");
        }
    }

    @Test
    void brokenTemplatesStopAProductionServer() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.yaml"), "name: [");
        ServerConfig production = ServerConfig.defaults(Environment.PRODUCTION)
                .withEmbeddedDatabase(folder.resolve("pg"), true)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0))
                .withTemplatePaths(List.of(broken));

        assertThatThrownBy(() -> TaskerServer.start(production))
                .isInstanceOf(StartupException.class)
                .hasMessageStartingWith("A template cannot be used: ")
                .hasMessageContaining("broken.yaml");
    }

    @Test
    void takenPortsAndFoldersAreNamedInOneSentence() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            BindAddress address = BindAddress.loopback(taken.getLocalPort());
            ServerConfig rest = embedded().withAddresses(address, BindAddress.loopback(0));
            ServerConfig grpc = embedded().withAddresses(BindAddress.loopback(0), address);

            assertThatThrownBy(() -> TaskerServer.start(rest))
                    .isInstanceOf(StartupException.class)
                    .hasMessageStartingWith("REST cannot listen on " + address + ": ");
            assertThatThrownBy(() -> TaskerServer.start(grpc))
                    .isInstanceOf(StartupException.class)
                    .hasMessageStartingWith("gRPC cannot listen on " + address + ": ");
        }
        try (TaskerServer first = TaskerServer.start(embedded())) {
            assertThatThrownBy(() -> TaskerServer.start(embedded()))
                    .isInstanceOf(StartupException.class)
                    .hasMessageStartingWith("The embedded PostgreSQL does not start: ");
            assertThat(first.restUrl()).isPresent();
        }
    }

    @Test
    void unreachableDatabaseIsNamedWithoutItsPassword() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThatThrownBy(() -> TaskerServer.start(external("postgresql://me:hunter2@127.0.0.1:" + port + "/tasker")))
                .isInstanceOf(StartupException.class)
                .hasMessageStartingWith("The database jdbc:postgresql://127.0.0.1:" + port + "/tasker as me")
                .hasMessageContaining("cannot be reached")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void schemaOfAnExternalDatabaseIsOnlyVerified() {
        EmbeddedPostgresConfig postgresConfig = EmbeddedPostgresConfig.forTests(folder.resolve("pg"));
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(postgresConfig)) {
            postgres.createDatabase("empty");
            ServerConfig config = external("postgresql://" + postgres.user() + ":" + postgres.password() + "@127.0.0.1:"
                    + postgres.port() + "/empty");
            assertThatThrownBy(() -> TaskerServer.start(config))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("run `tasker migrate` first");

            try (DatabaseAccess access = DatabaseAccess.connect(config.database())) {
                assertThat(access.migrations().migrate()).isPositive();
                assertThat(access.migrations().migrate()).isZero();
            }
            try (TaskerServer server = TaskerServer.start(config)) {
                assertThat(server.database()).isEqualTo("jdbc:postgresql://127.0.0.1:" + postgres.port() + "/empty");
            }
        }
    }

    @Test
    void readinessTurnsWhenTheDatabaseDies() throws Exception {
        EmbeddedPostgresConfig postgresConfig = EmbeddedPostgresConfig.forTests(folder.resolve("pg"));
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(postgresConfig)) {
            postgres.createDatabase("tasker");
            ServerConfig config = external("postgresql://" + postgres.user() + ":" + postgres.password() + "@127.0.0.1:"
                            + postgres.port() + "/tasker")
                    .withRequestTimeout(Duration.ofSeconds(2));
            try (DatabaseAccess access = DatabaseAccess.connect(config.database())) {
                access.migrations().migrate();
            }
            try (TaskerServer server = TaskerServer.start(config)) {
                assertThat(status(server, "/health/ready")).isEqualTo(200);
                postgres.kill();

                assertThat(status(server, "/health/ready")).isIn(503, 408);
                assertThat(status(server, "/health")).isEqualTo(200);
                assertThat(status(server, "/v1/tasks/" + UUID.randomUUID())).isIn(503, 408);
            }
        }
    }

    @Test
    void stoppingTwiceIsFine() {
        TaskerServer server = TaskerServer.start(embedded());

        assertThat(server.stop()).isTrue();
        assertThat(server.stop()).isTrue();
    }

    private ServerConfig embedded() {
        return ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), true)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0));
    }

    private ServerConfig external(String url) {
        ServerConfig config = embedded();
        return config.withDatabase(new DatabaseConfig(
                DatabaseUrl.parse(url), null, config.database().pool(), folder.resolve("unused"), true));
    }

    private static int status(TaskerServer server, String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI url = URI.create(server.restUrl().orElseThrow() + path);
            return http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
