package dev.tasker.cli.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tasker.cli.fault.Cluster.Node;
import dev.tasker.cli.fault.Cluster.Way;
import dev.tasker.cli.fault.Cluster.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** {@code tasker worker} as a process: what it says of itself, and how it ends (04 §1.4, §9.8.6). */
@Timeout(120)
class WorkerStopTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void terminatedWorkerIsNotReadyAtOnceFinishesItsStepsAndExitsWithZero(Way way) throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node server = cluster.server("server");
            Worker worker = cluster.taskerWorker("drained", server, way, configuration(30_000));
            await().atMost(PATIENCE).until(() -> worker.status("/health/ready") == 200);
            List<UUID> tasks = new ArrayList<>();
            for (int i = 0; i < 10; i++) { // twice its slots: under load
                tasks.add(heldTask(server, "task-" + i));
            }
            awaitBegun(5);

            CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(worker.process()::stop);
            await().atMost(PATIENCE).until(() -> worker.status("/health/ready") == 503);
            assertThat(worker.status("/health/live")).isEqualTo(200);
            openGates(10);

            assertThat(exit.get()).isZero();
            assertThat(tasks.stream().filter(task -> state(server, task).equals("complete")))
                    .as("those that ran")
                    .hasSize(5);
            assertThat(inProgress(cluster)).isEmpty();
            worker.process().awaitLine("No publisher nobody: its events get the default payload", PATIENCE);
            assertThat(cluster.auditor()
                            .column("SELECT event_name || ' ' || (message::json #>> '{payload,payload}')"
                                    + " FROM tasker.published_domain_events"))
                    .hasSize(10)
                    .contains("parcel.held {\"stamped\":true}", "parcel.kept {\"attempt\":1}");
            assertThat(cluster.auditor().findings()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void drainHasABoundAfterWhichStepsAreReported(Way way) throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node server = cluster.server("server");
            Worker worker = cluster.taskerWorker("hurried", server, way, configuration(300));
            UUID task = heldTask(server, "task-0");
            awaitBegun(1);

            assertThat(worker.process().stop()).isZero();

            assertThat(state(server, task)).isEqualTo("waiting_for_retry");
            JsonNode steps =
                    server.rest().get("/v1/tasks/" + task + "/workflow_steps").body();
            assertThat(steps.get(0).path("results").toString()).contains("worker_shutdown");
            assertThat(inProgress(cluster)).isEmpty();
        }
    }

    @Test
    void secondSignalEndsTheWaiting() throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node server = cluster.server("server");
            Worker worker = cluster.taskerWorker("pressed", server, Way.GRPC, configuration(300_000));
            UUID task = heldTask(server, "task-0");
            awaitBegun(1);

            CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(worker.process()::stop);
            await().atMost(PATIENCE).until(() -> worker.status("/health/ready") == 503);
            worker.process().terminate();

            assertThat(exit.get()).isZero();
            assertThat(state(server, task)).isEqualTo("waiting_for_retry");
        }
    }

    @ParameterizedTest
    @EnumSource
    void readinessTellsOfAServerThatStandsStillOrIsGone(Way way) throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node server = cluster.server("server");
            Worker worker = cluster.taskerWorker("watching", server, way, configuration(300));
            heldTask(server, "task-0");
            awaitBegun(1); // it holds a lease, so it sends heartbeats
            await().atMost(PATIENCE).until(() -> worker.status("/health/ready") == 200);

            server.process().pause();
            await().atMost(PATIENCE).until(() -> worker.status("/health/ready") == 503);
            assertThat(worker.status("/health/live")).isEqualTo(200);
            server.process().resume();
            await().atMost(PATIENCE).until(() -> worker.status("/health/ready") == 200);
            server.process().kill();
            await().atMost(PATIENCE).until(() -> worker.status("/health/ready") == 503);
            openGates(1);
        }
    }

    private Path configuration(int drainMs) throws IOException {
        return Files.writeString(folder.resolve("worker.toml"), """
            [worker]
            drain_timeout_ms = %d
            """.formatted(drainMs));
    }

    private UUID heldTask(Node server, String name) throws Exception {
        Path own = Files.createDirectories(folder.resolve(name));
        return server.rest().created("held", "held", Rest.object().put("folder", own.toString()));
    }

    private void awaitBegun(int count) {
        await().atMost(PATIENCE).until(() -> begun() == count);
    }

    private long begun() throws IOException {
        try (var folders = Files.list(folder)) {
            return folders.filter(own -> Files.exists(own.resolve("began"))).count();
        }
    }

    private void openGates(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Files.createDirectories(folder.resolve("task-" + i).resolve("gate"));
        }
    }

    private static String state(Node server, UUID task) {
        try {
            return server.rest().task(task).body().path("status").asString();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Tasks with a step in state 2, which is in_progress. */
    private static List<String> inProgress(Cluster cluster) throws Exception {
        return cluster.auditor().column("SELECT task_uuid::text FROM tasker.workflow_steps WHERE state = 2");
    }
}
