package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command that asks a server sets up what it needs for that and no more (07 §17.2); the rest was half of its start. */
class CommandStartTest {
    private static final String NO_TASKS = """
        {"tasks": [], "pagination": {"page": 1, "per_page": 20, "total_count": 0, "total_pages": 0,
         "has_next": false, "has_previous": false}}
        """;

    @TempDir
    Path folder;

    @Test
    void neitherLogNorTlsNorTracesNorOtherCommandsAreSetUp() throws Exception {
        Path loaded = folder.resolve("classes.log");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/tasks", exchange -> {
            byte[] body = NO_TASKS.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            Process command =
                    start(loaded, "http://127.0.0.1:" + server.getAddress().getPort());
            String said = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(command.exitValue()).as(said).isZero();
            assertThat(said).contains("0 tasks in all");
        } finally {
            server.stop(0);
        }
        List<String> classes = Files.readAllLines(loaded);
        assertThat(classes).anyMatch(line -> line.contains("dev.tasker.client.RestTasks "));
        for (String unwanted : List.of(
                " ch.qos.logback.",
                " sun.security.ssl.",
                " io.opentelemetry.",
                " io.grpc.",
                " org.tomlj.",
                " dev.tasker.cli.TaskRequestOptions source")) {
            assertThat(classes).as(unwanted).noneMatch(line -> line.contains(unwanted));
        }
    }

    private Process start(Path loaded, String url) throws IOException {
        ProcessBuilder command = new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xshare:auto",
                "-Xlog:class+load:file=" + loaded,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "task",
                "list",
                "--url",
                url);
        command.environment().keySet().removeIf(key -> key.startsWith("TASKER_"));
        command.environment().put("HOME", folder.toString());
        return command.directory(folder.toFile()).redirectErrorStream(true).start();
    }
}
