package dev.tasker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the process of the sessions runs, run in this JVM. */
class IdleSessionsTest {
    @TempDir
    Path folder;

    @Test
    void sessionsStandAndAreCountedUntilTheInputEnds() throws Exception {
        ServerConfig config = ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0));
        try (TaskerServer server = TaskerServer.start(config);
                PipedInputStream in = new PipedInputStream();
                PipedOutputStream questions = new PipedOutputStream(in);
                PipedInputStream out = new PipedInputStream();
                PrintStream answers = new PrintStream(new PipedOutputStream(out), true, StandardCharsets.UTF_8);
                BufferedReader lines = new BufferedReader(new InputStreamReader(out, StandardCharsets.UTF_8))) {
            CompletableFuture<Void> ended = CompletableFuture.runAsync(() -> {
                try {
                    IdleSessions.hold("127.0.0.1:" + server.grpcPort().orElseThrow(), 3, in, answers);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });

            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                questions.write('\n');
                questions.flush();
                assertThat(lines.readLine()).isEqualTo("3");
            });
            assertThat(ended).isNotDone();

            questions.close();
            ended.get(30, TimeUnit.SECONDS);
        }
    }
}
