package dev.tasker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.template.TaskTemplate;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the worker process runs, run in this JVM. */
class RemoteWorkerTest {
    private static final long PATIENCE_SECONDS = 30;

    @TempDir
    Path folder;

    @Test
    void worksUntilItsInputEnds() throws Exception {
        ServerConfig config = ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0));
        TaskTracker tracker = new TaskTracker();
        TaskTemplate template = Scenario.DIAMOND.template(1);
        InputStream input = System.in;
        try (PipedInputStream pipe = new PipedInputStream();
                PipedOutputStream parent = new PipedOutputStream(pipe);
                TaskerServer server = TaskerServer.start(config, tracker)) {
            System.setIn(pipe);
            server.engine().register(template);
            CompletableFuture<Void> worker = run(server.grpcPort().orElseThrow());

            UUID task = server.engine()
                    .create(TaskRequest.of(template.namespace(), template.name(), "1.0.0", Scenario.context()))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .taskUuid();
            assertThat(tracker.ended(task).get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .isEqualTo(TaskState.COMPLETE);
            assertThat(server.engine().steps(task))
                    .extracting(StepView::name, step -> step.attempts())
                    .extracting(Object::toString)
                    .containsExactly("(\"start\", 1)", "(\"left\", 1)", "(\"right\", 1)", "(\"end\", 1)");
            assertThat(server.engine().steps(task).getFirst().result()).contains("\"result\":36");
            assertThat(worker).isNotDone();

            parent.close();
            worker.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            System.setIn(input);
        }
    }

    private static CompletableFuture<Void> run(int port) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                RemoteWorker.main(new String[] {"127.0.0.1:" + port, "4"});
                ended.complete(null);
            } catch (Exception e) {
                ended.completeExceptionally(e);
            }
        });
        return ended;
    }
}
