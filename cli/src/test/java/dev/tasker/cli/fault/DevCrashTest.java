package dev.tasker.cli.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tasker.cli.Main;
import dev.tasker.examples.demo.DemoHandlers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tasker dev} killed in the middle of its work, and started again on the same folder. */
@Timeout(120)
class DevCrashTest {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration SECOND_START_MAX = Duration.ofSeconds(6);
    private static final Duration FINISH_MAX = Duration.ofSeconds(30);
    private static final int TASKS_MIN = 40;

    @TempDir
    Path folder;

    @AfterEach
    void leaveNoPostgres() throws IOException {
        postmaster().ifPresent(DevCrashTest::killFamily);
    }

    @Test
    void tasksSurviveTheDeathOfServerAndPostgres() throws Exception {
        killAndRestart(true);
    }

    @Test
    void tasksSurviveTheDeathOfTheServerWhosePostgresIsTakenOver() throws Exception {
        killAndRestart(false);
    }

    @Test
    void secondStartTakesSeconds() throws Exception {
        UUID task;
        try (ChildJvm dev = dev();
                Rest rest = rest(dev)) {
            task = rest.created("shop", "order", order(1));
            await().atMost(FINISH_MAX).untilAsserted(() -> assertComplete(rest, List.of(task)));
            assertThat(dev.stop()).as(dev.output()).isZero();
        }
        assertThat(postmaster()).isEmpty();

        long start = System.nanoTime();
        try (ChildJvm dev = ChildJvm.startUncounted("dev", Main.class, Map.of(), arguments());
                Rest rest = rest(dev)) {
            Duration ready = Duration.ofNanos(System.nanoTime() - start);
            Measurements.note("dev started again: ready after " + ready.toMillis() + " ms; it says "
                    + dev.awaitLine("^Ready in .*", START_MAX).group());
            assertComplete(rest, List.of(task));
            assertThat(ready).isLessThan(SECOND_START_MAX);
        }
    }

    private void killAndRestart(boolean postgresToo) throws Exception {
        OrderLoad load;
        Instant killed;
        long postgres;
        try (ChildJvm dev = dev();
                Rest rest = rest(dev)) {
            load = new OrderLoad(rest, "shop", "order", DevCrashTest::order).start(3);
            try (load) {
                await().atMost(FINISH_MAX)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> load.confirmed().size() >= TASKS_MIN);
                ProcessHandle postmaster = postmaster().orElseThrow();
                postgres = postmaster.pid();
                killed = Instant.now();
                dev.kill();
                if (postgresToo) {
                    postmaster.destroyForcibly();
                    postmaster.onExit().orTimeout(10, TimeUnit.SECONDS).join();
                }
            }
        }
        long start = System.nanoTime();
        try (ChildJvm dev = dev();
                Rest rest = rest(dev)) {
            Duration ready = Duration.ofNanos(System.nanoTime() - start);
            assertThat(postmaster().orElseThrow().pid() == postgres).isNotEqualTo(postgresToo);

            Map<Integer, UUID> confirmed = Map.copyOf(load.confirmed());
            await().atMost(FINISH_MAX).untilAsserted(() -> assertComplete(rest, confirmed.values()));
            Duration finished = Duration.ofNanos(System.nanoTime() - start);
            load.repeatUnconfirmed(rest);
            await().atMost(FINISH_MAX)
                    .untilAsserted(() -> assertComplete(rest, load.confirmed().values()));
            await().atMost(FINISH_MAX)
                    .untilAsserted(() -> assertThat(unfinished()).isEmpty());

            Instant last = Instant.EPOCH;
            for (UUID task : confirmed.values()) {
                JsonNode body = rest.task(task).body();
                Instant completedAt = Instant.parse(body.path("completed_at").asString());
                last = completedAt.isAfter(last) ? completedAt : last;
                assertAttemptsWithinBounds(rest, task);
            }
            assertThat(last).as("last task completed").isAfter(killed);
            assertThat(auditor().findings()).isEmpty();
            Measurements.note("dev killed" + (postgresToo ? " with PostgreSQL" : "") + ": ready again after "
                    + ready.toMillis() + " ms, " + confirmed.size() + " tasks complete " + finished.toMillis()
                    + " ms after the start");
        }
    }

    private ChildJvm dev() {
        return ChildJvm.start("dev", Main.class, Map.of(), arguments());
    }

    private String[] arguments() {
        return new String[] {"dev", "--data", folder.toString(), "--port", "0", "--grpc-port", "0"};
    }

    private static Rest rest(ChildJvm dev) {
        return new Rest(
                URI.create(dev.awaitLine("^  REST +(http\\S+)", START_MAX).group(1)));
    }

    private static JsonNode order(int number) {
        ObjectNode order = (ObjectNode) Rest.parse(DemoHandlers.sampleOrderJson());
        return order.put("order_number", "F-" + number);
    }

    private static void assertComplete(Rest rest, Collection<UUID> tasks) throws Exception {
        for (UUID task : tasks) {
            Rest.Answer answer = rest.task(task);
            assertThat(answer.status()).as("task %s", task).isEqualTo(200);
            assertThat(answer.body().path("status").asString())
                    .as("%s", answer.body())
                    .isEqualTo("complete");
        }
    }

    private static void assertAttemptsWithinBounds(Rest rest, UUID task) throws Exception {
        JsonNode steps = rest.steps(task).body();
        assertThat(steps.size()).isEqualTo(7);
        for (JsonNode step : steps) {
            assertThat(step.path("current_state").asString()).isEqualTo("complete");
            assertThat(step.path("attempts").asInt())
                    .as("%s", step)
                    .isBetween(1, step.path("max_attempts").asInt());
        }
    }

    /** Also the tasks that the server made without being able to say so. */
    private List<String> unfinished() throws Exception {
        return auditor()
                .column("SELECT task_uuid::text FROM tasker.tasks WHERE state <> tasker.task_state('complete') ORDER"
                        + " BY 1");
    }

    private Auditor auditor() throws IOException {
        return new Auditor("jdbc:postgresql://127.0.0.1:"
                + Files.readString(folder.resolve("port")).strip() + "/tasker?user=tasker&password="
                + Files.readString(folder.resolve("pgdata").resolve("tasker-password"))
                        .strip());
    }

    private Optional<ProcessHandle> postmaster() throws IOException {
        Path file = folder.resolve("pgdata").resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        return ProcessHandle.of(
                Long.parseLong(Files.readAllLines(file).getFirst().strip()));
    }

    private static void killFamily(ProcessHandle postmaster) {
        List<ProcessHandle> children = postmaster.descendants().toList();
        postmaster.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        postmaster.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
