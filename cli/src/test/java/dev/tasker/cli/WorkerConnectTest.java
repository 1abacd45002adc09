package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.examples.demo.DemoHandlers;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.config.TlsConfig;
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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What {@code tasker worker} shows a server that wants TLS, a client's certificate and a credential. */
@TestInstance(Lifecycle.PER_CLASS)
class WorkerConnectTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private Credentials credentials;
    private TaskerServer server;

    @BeforeAll
    void start() throws Exception {
        credentials = Credentials.make(folder);
        server = TaskerServer.start(ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0))
                .withTls(new TlsConfig(
                        credentials.certificate("server"), credentials.key("server"), credentials.certificate("ca")))
                .withAuth(credentials.workersOnly()));
        server.register("demo", DemoHandlers.templateYaml());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void tokenOfAFileAndACertificateLetTheWorkerWork() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), credentials.workerToken() + "\n");

        RunningCommand worker = worker(tls("--port", "0", "--grpc-port", "0", "--token-file", token.toString()));

        completeOrder();
        assertThat(worker.terminate()).as(worker.output()).isZero();
    }

    @Test
    void apiKeyOfTheConfigurationLetsItWorkToo() throws Exception {
        Path file = Files.writeString(
                folder.resolve("worker.toml"), """
                    [worker.orchestration_client]
                    base_url = "https://127.0.0.1:%d"
                    transport = "grpc"
                    auth = {type = "api_key", key = "open-sesame", header_name = "X-Worker-Key"}
                    [worker.web]
                    bind_address = "127.0.0.1:0"
                    [worker.grpc]
                    enabled = false
                    """.formatted(server.grpcPort().orElseThrow()));
        List<String> arguments = new ArrayList<>(List.of("worker", "--config", file.toString()));
        arguments.addAll(files());

        RunningCommand worker = RunningCommand.start(arguments.toArray(String[]::new));

        completeOrder();
        assertThat(worker.terminate()).as(worker.output()).isZero();
    }

    @Test
    void wrongCredentialLeavesTheWorkerAliveAndUnready() throws Exception {
        Path token = Files.writeString(folder.resolve("wrong-token"), "rubbish");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        RunningCommand worker = worker(tls("--port", "" + port, "--grpc-port", "0", "--token-file", token.toString()));

        URI url = URI.create("http://127.0.0.1:" + port);
        await().atMost(PATIENCE).ignoreExceptions().until(() -> status(url.resolve("/health/live")) == 200);
        assertThat(status(url.resolve("/health/ready"))).isEqualTo(503);
        assertThat(worker.terminate()).as(worker.output()).isZero();
    }

    @Test
    void filesThatDoNotFitAreOneSentence() throws Exception {
        assertThat(Execution.of("worker", "--port", "0", "--tls-cert", "cert.pem")
                        .err())
                .isEqualTo("tasker: tls: a certificate alone (expected: certificate and key, or neither)\n");
        assertThat(Execution.of("worker", "--port", "0", "--tls-ca", "/nowhere/ca.pem")
                        .err())
                .startsWith("tasker: tls: ")
                .contains("/nowhere/ca.pem")
                .endsWith("(expected: readable PEM files)\n")
                .hasLineCount(1);
    }

    @Test
    void badConfigurationIsOneSentence() throws Exception {
        Path rest = Files.writeString(
                folder.resolve("rest.toml"), "worker.orchestration_client.base_url = 'http://[nonsense'\n");
        assertThat(Execution.of("worker", "--config", rest.toString()).err())
                .startsWith("tasker: worker.orchestration_client.base_url: \"http://[nonsense\"");
        assertThat(Execution.of("worker", "--port", "70000").err())
                .isEqualTo("tasker: --port: 70000 (expected: 0 to 65535)\n");
        assertThat(Execution.of("worker", "--grpc-port", "-1").err())
                .isEqualTo("tasker: --grpc-port: -1 (expected: 0 to 65535)\n");
        assertThat(Execution.of("worker", "--class-path", "x.jar").err())
                .isEqualTo("tasker: --class-path: no packages (expected: --packages beside it)\n");
        assertThat(Execution.of("worker", "--packages", "a.b", "--class-path", "/nowhere.jar")
                        .err())
                .isEqualTo("tasker: --class-path: /nowhere.jar (expected: a jar or a folder with classes)\n");
    }

    private RunningCommand worker(List<String> options) {
        List<String> arguments = new ArrayList<>(
                List.of("worker", "--server", "127.0.0.1:" + server.grpcPort().orElseThrow()));
        arguments.addAll(options);
        return RunningCommand.start(arguments.toArray(String[]::new));
    }

    private List<String> tls(String... more) throws Exception {
        List<String> options = new ArrayList<>(files());
        options.addAll(List.of(more));
        return options;
    }

    private List<String> files() throws Exception {
        return List.of(
                "--tls-ca",
                credentials.certificate("ca").toString(),
                "--tls-cert",
                credentials.certificate("worker").toString(),
                "--tls-key",
                credentials.key("worker").toString());
    }

    private void completeOrder() throws Exception {
        UUID task = server.engine()
                .create(TaskRequest.of(
                        "shop",
                        "order",
                        "1.0.0",
                        DemoHandlers.sampleOrderJson().replaceFirst("\\{", "{\"run\":\"" + UUID.randomUUID() + "\",")))
                .get(10, TimeUnit.SECONDS)
                .taskUuid();
        await().atMost(PATIENCE)
                .until(() -> server.engine().task(task).orElseThrow().state(), state -> state == TaskState.COMPLETE);
    }

    private static int status(URI url) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString())
                    .statusCode();
        }
    }
}
