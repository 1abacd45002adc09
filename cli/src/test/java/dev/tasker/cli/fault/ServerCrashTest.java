package dev.tasker.cli.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tasker.cli.fault.Cluster.Node;
import dev.tasker.cli.fault.Cluster.Way;
import dev.tasker.server.config.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** A server, or its PostgreSQL, that dies while workers are busy and clients create tasks. */
@Timeout(120)
class ServerCrashTest {
    private static final Duration FINISH_MAX = Duration.ofSeconds(40);
    private static final int TASKS_MIN = 40;

    @TempDir
    Path folder;

    @Test
    void otherServerGoesOnWhenOneIsKilled() throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node victim = cluster.server("victim");
            Node survivor = cluster.server("survivor");
            cluster.worker("worker of the victim", victim);
            cluster.worker("worker of the survivor", survivor);
            OrderLoad doomed = load(victim).start(2);
            OrderLoad steady = load(survivor, 1_000_000).start(1);
            long killed;
            try (doomed;
                    steady) {
                await().atMost(FINISH_MAX)
                        .until(() -> doomed.confirmed().size() >= TASKS_MIN
                                && steady.confirmed().size() >= TASKS_MIN);
                victim.process().kill();
                killed = System.nanoTime();
                int before = steady.confirmed().size();
                await().atMost(FINISH_MAX).until(() -> steady.confirmed().size() >= before + TASKS_MIN / 2);
            }
            assertThat(steady.unconfirmed()).isEmpty();
            doomed.repeatUnconfirmed(survivor.rest());

            awaitAllComplete(cluster);
            Measurements.note("server killed: all tasks complete on the other one after "
                    + Duration.ofNanos(System.nanoTime() - killed).toMillis() + " ms (lease 5 s)");
            List<UUID> tasks = new ArrayList<>(doomed.confirmed().values());
            tasks.addAll(steady.confirmed().values());
            new History(cluster.effects()).assertComplete(survivor.rest(), tasks);
            assertThat(cluster.auditor().findings()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void workerComesBackToARestartedServerWithItsResults(Way way) throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node first = cluster.server("first");
            ChildJvm worker = cluster.worker("worker", first, way);
            List<UUID> tasks = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                tasks.add(first.rest().created("fault", "gated", gated(i)));
            }
            await().atMost(FINISH_MAX).until(() -> cluster.effects().size() == tasks.size());
            OrderLoad load = load(first).start(2);
            try (load) {
                await().atMost(FINISH_MAX).until(() -> load.confirmed().size() >= TASKS_MIN);
                first.process().kill();
            }
            Files.createFile(folder.resolve(FaultWorker.GATE)); // handlers end while nobody takes their results

            Node second = cluster.successor("second", first);
            load.repeatUnconfirmed(second.rest());
            awaitAllComplete(cluster);

            tasks.addAll(load.confirmed().values());
            new History(cluster.effects()).assertComplete(second.rest(), tasks);
            Map<Integer, Long> attempts = cluster.effects().stream()
                    .filter(effect -> effect.step().equals("hold") && effect.kind() == Effect.Kind.START)
                    .collect(Collectors.groupingBy(Effect::attempt, Collectors.counting()));
            Measurements.note(way + " server restarted under its worker: attempts of the steps it held " + attempts);
            assertThat(worker.output()).doesNotContain("report refused");
            assertThat(cluster.auditor().column("""
                SELECT task_uuid::text FROM tasker.published_domain_events WHERE step_state = 'complete'
                """))
                    .as("durable events: one for each task, whenever its result was committed")
                    .containsExactlyInAnyOrderElementsOf(
                            cluster.auditor().column("SELECT task_uuid::text FROM tasker.tasks"));
            assertThat(cluster.auditor().findings()).isEmpty();
        }
    }

    /** 04 §9.8 (4): with the leases of production, as nobody else is to run them meanwhile. */
    @ParameterizedTest
    @EnumSource
    void thousandRunningHandlersOutliveTheRestartOfTheirServer(Way way) throws Exception {
        int handlers = 1_000;
        try (Cluster cluster = Cluster.start(folder)) {
            Node first = cluster.server("first", Environment.DEVELOPMENT);
            cluster.worker("worker", first, way, handlers + 100);
            try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
                List<Callable<UUID>> creations = new ArrayList<>();
                for (int i = 0; i < handlers; i++) {
                    JsonNode context = gated(i);
                    creations.add(() -> first.rest().created("fault", "gated", context));
                }
                for (Future<UUID> created : clients.invokeAll(creations)) {
                    created.get();
                }
            }
            await().atMost(FINISH_MAX)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> cluster.effects().size() == handlers);

            first.process().kill();
            Files.createFile(folder.resolve(FaultWorker.GATE)); // handlers end while nobody takes their results
            await().atMost(FINISH_MAX)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> cluster.effects().size() == 2 * handlers);
            cluster.successor("second", Environment.DEVELOPMENT, first);
            awaitAllComplete(cluster);

            assertThat(cluster.auditor()
                            .column("SELECT template_step || ' ' || tasker.step_state_name(state) || ' ' ||"
                                    + " attempts || ' ' || count(*) FROM tasker.workflow_steps GROUP BY"
                                    + " template_step, state, attempts"))
                    .containsExactlyInAnyOrder("0 complete 1 " + handlers, "1 complete 1 " + handlers);
            assertThat(cluster.effects().stream()
                            .collect(Collectors.groupingBy(
                                    effect -> effect.step() + " " + effect.kind() + " " + effect.attempt(),
                                    Collectors.counting())))
                    .as("each handler began and ended once")
                    .isEqualTo(Map.of(
                            "hold START 1", (long) handlers,
                            "hold END 1", (long) handlers,
                            "after START 1", (long) handlers,
                            "after END 1", (long) handlers));
            assertThat(cluster.effects()).doesNotHaveDuplicates();
            assertThat(cluster.auditor().findings()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void tasksSurviveTheDeathOfPostgresUnderLoad(Way way) throws Exception {
        try (Cluster cluster = Cluster.start(folder)) {
            Node server = cluster.server("server");
            cluster.worker("worker", server, way);
            OrderLoad load = load(server).start(3);
            try (load) {
                await().atMost(FINISH_MAX).until(() -> load.confirmed().size() >= TASKS_MIN);
                cluster.postgres().kill();
                server.process().awaitLine("lost the database, waiting for it", FINISH_MAX);
                cluster.postgres().restart();
                int before = load.confirmed().size();
                await().atMost(FINISH_MAX).until(() -> load.confirmed().size() >= before + TASKS_MIN);
            }
            assertThat(load.unconfirmed().values())
                    .as("refused in a way that says: later")
                    .allMatch(answer -> answer.startsWith("503 ") || answer.startsWith("408 "));
            Measurements.note(
                    way + " PostgreSQL killed: " + load.unconfirmed().size() + " requests refused, slowest answer "
                            + load.slowestAnswerMs() + " ms; answers "
                            + Set.copyOf(load.unconfirmed().values()));
            load.repeatUnconfirmed(server.rest());
            awaitAllComplete(cluster);
            new History(cluster.effects())
                    .assertComplete(server.rest(), load.confirmed().values());
            assertThat(cluster.auditor().findings()).isEmpty();
        }
    }

    private OrderLoad load(Node server) {
        return load(server, 0);
    }

    private static OrderLoad load(Node server, int firstNumber) {
        return new OrderLoad(
                server.rest(), "fault", "flow", number -> Rest.object().put("order", firstNumber + number));
    }

    private JsonNode gated(int number) {
        return Rest.object().put("folder", folder.toString()).put("order", number);
    }

    private static void awaitAllComplete(Cluster cluster) {
        String unfinished = "SELECT task_uuid || ' ' || tasker.task_state_name(state) FROM tasker.tasks"
                + " WHERE state <> tasker.task_state('complete')";
        await().atMost(FINISH_MAX)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(
                        () -> assertThat(cluster.auditor().column(unfinished)).isEmpty());
    }
}
