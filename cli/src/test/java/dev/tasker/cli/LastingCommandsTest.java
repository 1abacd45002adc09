package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tasker.client.CreateTask;
import dev.tasker.client.TaskState;
import dev.tasker.client.TaskerClient;
import dev.tasker.examples.demo.DemoHandlers;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Commands that work until SIGTERM and then end well. */
class LastingCommandsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern REST = Pattern.compile("REST +(http://127\\.0\\.0\\.1:\\d+)");

    @TempDir
    Path folder;

    @Test
    void devServesTheDemonstrationUntilItIsStopped() throws Exception {
        RunningCommand dev =
                RunningCommand.start("dev", "--data", folder.toString(), "--port", "0", "--grpc-port", "0");
        await().atMost(PATIENCE).until(dev::output, output -> output.contains("Ctrl-C stops it"));
        Matcher url = REST.matcher(dev.output());
        assertThat(url.find()).as(dev.output()).isTrue();

        completeOrder(URI.create(url.group(1)));
        int exitCode = dev.terminate();

        assertThat(exitCode).isZero();
        assertThat(dev.output()).contains("Ready in ", "gRPC      127.0.0.1:").endsWith("Stopping ...\n");
    }

    @Test
    void workerTakesStepsOfAServerUntilItIsStopped() throws Exception {
        ServerConfig config = ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder, false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0));
        try (TaskerServer server = TaskerServer.start(config)) {
            server.register("demo", DemoHandlers.templateYaml());
            RunningCommand worker = RunningCommand.start(
                    "worker",
                    "--server",
                    "127.0.0.1:" + server.grpcPort().orElseThrow(),
                    "--slots",
                    "4",
                    "--port",
                    "0",
                    "--grpc-port",
                    "0",
                    "--name",
                    "worker-by-name");

            String result = completeOrder(server.restUrl().orElseThrow());
            int exitCode = worker.terminate();

            assertThat(result).contains("worker-by-name");
            assertThat(exitCode).as(worker.output()).isZero();
        }
    }

    /** Sees an order through to its end; returns its steps. */
    private static String completeOrder(URI server) throws InterruptedException {
        try (TaskerClient client = TaskerClient.of(server)) {
            UUID task = client.tasks()
                    .create(CreateTask.of(
                            "shop", "order", "1.0.0", JsonMapper.shared().readTree(DemoHandlers.sampleOrderJson())))
                    .taskUuid();
            assertThat(client.tasks().await(task, PATIENCE).status()).isEqualTo(TaskState.COMPLETE);
            return client.steps().list(task).toString();
        }
    }
}
