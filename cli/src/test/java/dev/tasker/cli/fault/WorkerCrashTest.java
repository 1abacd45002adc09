package dev.tasker.cli.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import dev.tasker.cli.fault.Cluster.Node;
import dev.tasker.cli.fault.Cluster.Way;
import dev.tasker.cli.fault.Effect.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** A worker that dies, or stands still, with a step in its hands. */
@Timeout(90)
class WorkerCrashTest {
    private static final Duration STEP_MAX = Duration.ofSeconds(20);
    /** Lease and grace of the cluster and 1 s: what is promised. */
    private static final Duration TAKEOVER_MAX = Duration.ofSeconds(7);

    private static final int TASKS = 10;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void stepOfAKilledWorkerIsTakenOverWithinTheLease(Way way) throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node server = cluster.server("server");
            ChildJvm one = cluster.worker("one", server, way);
            ChildJvm two = cluster.worker("two", server, way);
            UUID task = gatedTask(server);
            Effect held = awaitEffect(cluster, Kind.START, "hold", 1);
            ChildJvm victim = held.pid() == one.pid() ? one : two;
            ChildJvm heir = victim == one ? two : one;

            long killed = System.nanoTime();
            victim.kill();
            Effect taken = awaitEffect(cluster, Kind.START, "hold", 2);
            Duration takeover = Duration.ofNanos(System.nanoTime() - killed);

            assertThat(taken.pid()).isEqualTo(heir.pid());
            Measurements.note(way + " worker killed: taken over after " + takeover.toMillis() + " ms (lease 5 s)");
            assertThat(takeover).isLessThan(TAKEOVER_MAX);
            openGate();
            awaitComplete(server, task);
            new History(cluster.effects()).assertComplete(server.rest(), List.of(task));
            assertThat(cluster.effects())
                    .filteredOn(effect -> effect.step().equals("hold"))
                    .extracting(Effect::kind, Effect::attempt)
                    .containsExactly(tuple(Kind.START, 1), tuple(Kind.START, 2), tuple(Kind.END, 2));
            assertThat(cluster.auditor().findings()).isEmpty();
        }
    }

    /** 04 §9.8 (9). */
    @ParameterizedTest
    @EnumSource
    void stepOfAKilledWorkerGoesOnFromItsLastCheckpoint(Way way) throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node server = cluster.server("server");
            ChildJvm one = cluster.worker("one", server, way);
            ChildJvm two = cluster.worker("two", server, way);
            UUID task = server.rest().created("fault", "walk", Rest.object().put("folder", folder.toString()));
            String saved = "SELECT step.attempts || ' ' || tasker.checkpoint_record(checkpoint, checkpoint_history)"
                    + " FROM tasker.workflow_steps AS step";
            await().atMost(STEP_MAX)
                    .untilAsserted(() -> assertThat(cluster.auditor().column(saved))
                            .singleElement()
                            .asString()
                            .as("after a yield it is still the first attempt")
                            .startsWith("1 ")
                            .contains("\"cursor\":5"));
            assertThat(cluster.effects())
                    .extracting(Effect::kind, Effect::attempt)
                    .containsExactly(tuple(Kind.START, 1), tuple(Kind.START, 1));
            ChildJvm victim = cluster.effects().getLast().pid() == one.pid() ? one : two;

            victim.kill();
            awaitComplete(server, task);

            JsonNode step = server.rest().steps(task).body().get(0);
            assertThat(step.path("attempts").asInt()).isEqualTo(2);
            assertThat(step.path("results").path("result").path("from").asInt()).isEqualTo(5);
            assertThat(cluster.effects())
                    .extracting(Effect::kind, Effect::attempt)
                    .containsExactly(
                            tuple(Kind.START, 1), tuple(Kind.START, 1), tuple(Kind.START, 2), tuple(Kind.END, 2));
            assertThat(cluster.auditor().findings()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void lateResultOfAWorkerThatStoodStillChangesNothing(Way way) throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node server = cluster.server("server");
            ChildJvm sleeper = cluster.worker("sleeper", server, way);
            UUID task = gatedTask(server);
            awaitEffect(cluster, Kind.START, "hold", 1);
            ChildJvm heir = cluster.worker("heir", server, way);

            long stopped = System.nanoTime();
            sleeper.pause();
            Effect taken;
            try {
                taken = awaitEffect(cluster, Kind.START, "hold", 2);
            } catch (Throwable t) {
                System.out.println(String.join("\n", transitions(cluster, task))
                        + server.process().output()
                        + server.rest().task(task));
                throw t;
            }
            Duration takeover = Duration.ofNanos(System.nanoTime() - stopped);
            assertThat(taken.pid()).isEqualTo(heir.pid());
            openGate();
            awaitComplete(server, task);
            List<String> before = transitions(cluster, task);
            sleeper.resume();
            sleeper.awaitLine("report came too late|lost its lease; its outcome is discarded", STEP_MAX);

            assertThat(transitions(cluster, task)).isEqualTo(before);
            new History(cluster.effects()).assertComplete(server.rest(), List.of(task));
            Measurements.note(
                    "worker stopped: taken over after " + takeover.toMillis() + " ms (lease 5 s); then it said "
                            + sleeper.awaitLine("report came too late|lost its lease", STEP_MAX)
                                    .group());
            assertThat(takeover).isLessThan(TAKEOVER_MAX);

            heir.kill();
            UUID next = server.rest().created("fault", "flow", Rest.object().put("order", 1));
            awaitComplete(server, next); // the worker is good for further work
            assertThat(cluster.auditor().findings()).isEmpty();
        }
    }

    @Test
    void otherServerTakesOverFromAWorkerThatStandsStill() throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node one = cluster.server("one");
            Node two = cluster.server("two");
            ChildJvm sleeper = cluster.worker("sleeper", one);
            List<UUID> tasks = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                tasks.add(one.rest()
                        .created(
                                "fault",
                                "gated",
                                Rest.object().put("folder", folder.toString()).put("order", i)));
            }
            await().atMost(STEP_MAX).until(() -> cluster.effects().size() == TASKS);
            ChildJvm heir = cluster.worker("heir", two);

            long stopped = System.nanoTime();
            sleeper.pause();
            await().atMost(STEP_MAX)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> cluster.effects().stream()
                                    .filter(effect -> effect.pid() == heir.pid())
                                    .count()
                            == TASKS);
            Duration takeover = Duration.ofNanos(System.nanoTime() - stopped);
            openGate();
            for (UUID task : tasks) {
                awaitComplete(two, task);
            }
            new History(cluster.effects()).assertComplete(two.rest(), tasks);
            assertThat(cluster.effects()).extracting(Effect::attempt).containsOnly(1, 2);
            Measurements.note("worker of another server stopped: " + TASKS + " steps taken over after "
                    + takeover.toMillis() + " ms (lease 5 s)");
            assertThat(takeover).isLessThan(TAKEOVER_MAX);
            assertThat(cluster.auditor().findings()).isEmpty();
        }
    }

    @Test
    void leaseOutlivesAHandlerThatLetsNothingElseRun() throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node server = cluster.server("server");
            cluster.workerOnOneProcessor("worker", server);
            UUID task = server.rest().created("fault", "busy", Rest.object().put("order", 1));

            awaitComplete(server, task);
            new History(cluster.effects()).assertComplete(server.rest(), List.of(task));
            assertThat(cluster.effects()).extracting(Effect::attempt).containsOnly(1);
            assertThat(cluster.auditor().findings()).isEmpty();
        }
    }

    private UUID gatedTask(Node server) throws Exception {
        return server.rest().created("fault", "gated", Rest.object().put("folder", folder.toString()));
    }

    private void openGate() throws IOException {
        Files.createFile(folder.resolve(FaultWorker.GATE));
    }

    private static Effect awaitEffect(Cluster cluster, Kind kind, String step, int attempt) {
        return await().atMost(STEP_MAX)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> cluster.effects().stream()
                                .filter(effect -> effect.kind() == kind
                                        && effect.step().equals(step)
                                        && effect.attempt() == attempt)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static void awaitComplete(Node server, UUID task) {
        await().atMost(STEP_MAX)
                .untilAsserted(() -> assertThat(
                                server.rest().task(task).body().path("status").asString())
                        .isEqualTo("complete"));
    }

    private static List<String> transitions(Cluster cluster, UUID task) throws Exception {
        return cluster.auditor()
                .column("SELECT workflow_step_uuid || ' ' || sort_key || ' ' || to_state || ' ' || created_at"
                        + " FROM tasker.workflow_step_transitions WHERE task_uuid = '" + task + "' ORDER BY 1");
    }
}
