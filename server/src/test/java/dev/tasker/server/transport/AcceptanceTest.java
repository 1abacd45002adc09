package dev.tasker.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.DomainEventBatch;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.LaneConfig;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskRequest;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.event.DomainEvent;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.event.SubscriberRegistry;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import dev.tasker.worker.remote.HttpWorkSource;
import dev.tasker.worker.remote.HttpWorkSourceConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Acceptance tests of 04 §9.8 that need neither signals nor crashes, with the worker's runtime, over every transport. */
@ExtendWith(DatabaseExtension.class)
@Timeout(180)
class AcceptanceTest {
    private static final String CREATION = "tasker.create_tasks(";
    private static final String HYDRATION = "FROM   tasker.task_requests"; // as for nothing else but assignments

    private final List<AutoCloseable> open = new ArrayList<>();
    private TestDatabase database;
    private Stack stack;
    private String namespace;

    /** How a worker gets its steps. */
    enum Way {
        IN_PROCESS,
        GRPC,
        HTTP
    }

    @BeforeEach
    void start(TestDatabase testDatabase) {
        database = testDatabase;
        stack = closing(Stack.start(database, AuthConfig.DISABLED));
        namespace = "ns" + UUID.randomUUID().toString().substring(0, 8);
    }

    @AfterEach
    void closeAll() throws Exception {
        Stack.close(open);
    }

    private <T extends AutoCloseable> T closing(T each) {
        open.add(each);
        return each;
    }

    private WorkSource source(Way way) {
        return source(stack, way);
    }

    private WorkSource source(Stack of, Way way) {
        return closing(
                switch (way) {
                    case IN_PROCESS -> of.inProcess();
                    case GRPC -> new GrpcWorkSource("127.0.0.1:" + of.grpcPort(), GrpcWorkSourceConfig.DEFAULT);
                    case HTTP ->
                        new HttpWorkSource(
                                URI.create("http://127.0.0.1:" + of.restPort()), HttpWorkSourceConfig.DEFAULT);
                });
    }

    private WorkerRuntime worker(Way way, WorkerConfig config, Map<String, StepHandler> handlers) {
        return worker(stack, way, config, handlers);
    }

    private WorkerRuntime worker(Stack of, Way way, WorkerConfig config, Map<String, StepHandler> handlers) {
        HandlerRegistry.Builder registry = HandlerRegistry.builder();
        handlers.forEach((callable, handler) -> registry.handler(new HandlerKey(namespace, callable), handler));
        return closing(WorkerRuntime.start(source(of, way), registry.build(), config));
    }

    /** 04 §9.8 (1). */
    @ParameterizedTest
    @EnumSource
    void everyStepOfTenThousandRunsOnceAtOneOfThirtyTwoWorkersAndNobodyReadsForNothing(Way way) throws Exception {
        int tasks = 10_000;
        database.execute("ALTER DATABASE \"" + database.name() + "\" SET log_statement = 'all'");
        database.execute("ALTER DATABASE \"" + database.name() + "\" SET log_parameter_max_length = 0");
        stack = closing(Stack.start(database, AuthConfig.DISABLED)); // whose connections say what they are asked
        long logBefore = Files.size(database.server().logFile());
        stack.registerSolo(namespace, "pay");
        Map<UUID, LongAdder> runs = new ConcurrentHashMap<>();
        var finished = new CountDownLatch(tasks);
        StepHandler count = context -> {
            runs.computeIfAbsent(context.stepUuid(), _ -> new LongAdder()).increment();
            finished.countDown();
            return StepResult.success();
        };
        for (int i = 0; i < 32; i++) {
            worker(way, WorkerConfig.defaults().withSlots(4), Map.of("pay", count));
        }

        for (int i = 0; i < tasks; i++) {
            stack.createLater(namespace, "solo");
        }

        assertThat(finished.await(120, TimeUnit.SECONDS)).isTrue();
        Eventually.equals("steps that are complete", List.of(tasks + " 1"), () -> database.query("""
            SELECT count(*), max(step.attempts) FROM tasker.workflow_steps AS step JOIN tasker.queues AS queue USING (queue_id)
            WHERE  step.state = tasker.step_state('complete') AND queue.namespace = ?
            """, namespace));
        assertThat(runs).hasSize(tasks);
        assertThat(runs.values()).allMatch(times -> times.sum() == 1);
        assertThat(database.query(
                        "SELECT count(*) FROM tasker.ready_steps WHERE queue_id IN"
                                + " (SELECT queue_id FROM tasker.queues WHERE namespace = ?)",
                        namespace))
                .containsExactly("0");
        assertThat(asked(logBefore, CREATION)).as("statements are logged").isPositive();
        assertThat(asked(logBefore, HYDRATION))
                .as("what assignments need is in memory; who has no step reads nothing")
                .isZero();

        namespace += "b";
        stack.registerSolo(namespace, "pay");
        UUID elsewhere = stack.create(namespace, "solo");
        Stack other = closing(Stack.start(database, AuthConfig.DISABLED));
        worker(other, way, WorkerConfig.defaults(), Map.of("pay", _ -> StepResult.success()));
        other.awaitStep(elsewhere, "only", "complete");
        assertThat(asked(logBefore, HYDRATION))
                .as("a server that did not create the task has to")
                .isPositive();
    }

    /** How many statements with this text PostgreSQL was asked since its log had that size. */
    private long asked(long since, String text) {
        try (FileChannel log = FileChannel.open(database.server().logFile())) {
            log.position(since);
            return new BufferedReader(Channels.newReader(log, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> line.contains(text))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 04 §9.8 (5), with seconds in place of a minute. */
    @ParameterizedTest
    @EnumSource
    void outageLosesNoResultTakesNoCreditAndEndsInTheOrderOfArrival(Way way) throws Exception {
        int slots = 40;
        int tasks = 60;
        LaneConfig oneByOne = new LaneConfig(1, 20_000, 64L << 20, 1, 4L << 20); // so that the order can be seen
        var relay = closing(new Relay(database.server().port()));
        stack = closing(Stack.start(database, relay.port(), EngineConfig.DEFAULT.withLanes(oneByOne)));
        stack.register("""
            name: told
            namespace_name: %s
            version: "1.0.0"
            steps:
              - name: only
                handler: {callable: pay}
                publishes_events: [{name: it.ended, description: d, condition: success, schema: {}}]
            """.formatted(namespace));
        BlockingQueue<UUID> begun = new LinkedBlockingQueue<>();
        Map<UUID, CountDownLatch> turns = new ConcurrentHashMap<>();
        StepHandler handler = context -> {
            begun.add(context.taskUuid());
            turns.computeIfAbsent(context.taskUuid(), _ -> new CountDownLatch(1))
                    .await();
            return StepResult.success();
        };
        worker(way, WorkerConfig.defaults().withSlots(slots), Map.of("pay", handler));
        for (int i = 0; i < tasks; i++) {
            turns.computeIfAbsent(stack.create(namespace, "told"), _ -> new CountDownLatch(1));
        }
        List<UUID> held = new ArrayList<>();
        for (int i = 0; i < slots; i++) {
            held.add(Objects.requireNonNull(begun.poll(20, TimeUnit.SECONDS), "nothing begun within 20 s"));
        }
        Collections.shuffle(held, new Random(7));

        relay.leadTo(0);
        relay.cut();
        for (int arrived = 0; arrived < slots; arrived++) {
            Objects.requireNonNull(turns.get(held.get(arrived))).countDown();
            Eventually.equals("results that wait behind the first", arrived, this::waitingInLane);
        }
        assertThat(begun.poll(4, TimeUnit.SECONDS))
                .as("what begins while no result has an answer")
                .isNull();
        if (way != Way.HTTP) { // whose slots are those of its polls, four times as many results they may wait for
            assertThat(stack.engine().metrics().freeSlots()).isZero();
        }
        relay.leadTo(database.server().port());
        turns.values().forEach(CountDownLatch::countDown);

        Eventually.equals(
                "tasks that are complete",
                tasks,
                () -> stack.engine().domainEvents().after(namespace, null, 100).size());
        List<UUID> ended = stack.engine().domainEvents().after(namespace, null, 100).stream()
                .map(entry -> entry.event().taskUuid())
                .toList();
        assertThat(ended.subList(0, 2))
                .as("of which nobody saw the first arrive")
                .containsAll(held.subList(0, 2));
        assertThat(ended.subList(2, slots)).containsExactlyElementsOf(held.subList(2, slots));
        assertThat(ended).doesNotHaveDuplicates();
        assertThat(database.query(
                        "SELECT max(step.attempts) FROM tasker.workflow_steps AS step"
                                + " JOIN tasker.queues AS queue USING (queue_id) WHERE queue.namespace = ?",
                        namespace))
                .containsExactly("1");
    }

    private int waitingInLane() {
        return stack.engine().metrics().lanes().getFirst().depth();
    }

    /** 04 §9.8 (8). */
    @ParameterizedTest
    @EnumSource
    void stepThatHeedsNoInterruptionTimesOutAndTheWorkerServesOthers(Way way) throws Exception {
        stack.register("""
            name: slow
            namespace_name: %s
            version: "1.0.0"
            steps:
              - name: only
                handler: {callable: slow}
                timeout_seconds: 1
                retry: {retryable: false, max_attempts: 1}
            """.formatted(namespace));
        stack.registerSolo(namespace, "pay");
        var go = new CountDownLatch(1);
        StepHandler deaf = _ -> {
            boolean isOver = false;
            while (!isOver) {
                try {
                    isOver = go.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException _) {
                    // deaf
                }
            }
            return StepResult.success();
        };
        WorkerRuntime worker = worker(
                way,
                new WorkerConfig(
                        "patient",
                        2,
                        Duration.ofSeconds(30),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(1),
                        1 << 20,
                        true),
                Map.of("slow", deaf, "pay", _ -> StepResult.success()));

        UUID slow = stack.create(namespace, "slow");
        stack.awaitStep(slow, "only", "error");

        StepView step = stack.step(slow, "only");
        assertThat(step.attempts()).isEqualTo(1);
        assertThat(step.result()).contains("handler_timeout").contains("Handler timed out after 1000ms");
        assertThat(worker.statistics().quarantined()).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
            stack.awaitStep(stack.create(namespace, "solo"), "only", "complete");
        }
        go.countDown();
        Eventually.equals("slots in use", 0, worker::slotsTaken);
    }

    /** 04 §9.8 (10), but for the crash. */
    @ParameterizedTest
    @EnumSource
    void everyConditionFiresByTheTableAndABroadcastHasOneId(Way way) throws Exception {
        stack.register("""
            name: conditions
            namespace_name: %s
            version: "1.0.0"
            steps:
              - name: only
                handler: {callable: pay}
                retry: {retryable: true, max_attempts: 2, backoff_base_ms: 1}
                publishes_events:
                  - {name: on.success, description: d, condition: success, schema: {}}
                  - {name: on.failure, description: d, condition: failure, schema: {}}
                  - {name: on.retryable, description: d, condition: retryable_failure, schema: {}}
                  - {name: on.permanent, description: d, condition: permanent_failure, schema: {}}
                  - {name: on.always, description: d, condition: always, delivery_mode: broadcast, schema: {}}
            """.formatted(namespace));
        BlockingQueue<DomainEvent> heard = new LinkedBlockingQueue<>();
        var subscribers = new SubscriberRegistry();
        subscribers.register("on.*", heard::add);
        StepHandler handler = context -> switch (context.input("kind", String.class)) {
            case "good" -> StepResult.success();
            case "bad" -> StepResult.failure("never").permanent();
            default -> context.attempt() == 1 ? StepResult.failure("not yet") : StepResult.success();
        };
        closing(WorkerRuntime.start(
                source(way),
                HandlerRegistry.builder()
                        .handler(new HandlerKey(namespace, "pay"), handler)
                        .build(),
                new PublisherRegistry(),
                subscribers,
                WorkerConfig.defaults()));

        stack.awaitStep(conditions("good"), "only", "complete");
        stack.awaitStep(conditions("bad"), "only", "error");
        stack.awaitStep(conditions("late"), "only", "complete");

        List<DomainEventBatch.Entry> kept = new ArrayList<>();
        Eventually.equals("events", 10, () -> {
            kept.clear();
            kept.addAll(stack.engine().domainEvents().after(namespace, null, 100));
            return kept.size();
        });
        assertThat(kept.stream()
                        .map(entry -> entry.event().eventName() + " "
                                + entry.stepState().text()))
                .containsExactlyInAnyOrder(
                        "on.success complete",
                        "on.always complete",
                        "on.failure error",
                        "on.permanent error",
                        "on.always error",
                        "on.failure waiting_for_retry",
                        "on.retryable waiting_for_retry",
                        "on.always waiting_for_retry",
                        "on.success complete",
                        "on.always complete");
        List<UUID> broadcast = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            DomainEvent next = heard.poll(20, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            broadcast.add(next.eventId());
        }
        assertThat(kept.stream()
                        .filter(entry -> entry.event().eventName().equals("on.always"))
                        .map(entry -> entry.event().eventId()))
                .containsExactlyInAnyOrderElementsOf(broadcast);
    }

    private UUID conditions(String kind) throws Exception {
        return stack.create(TaskRequest.of(
                namespace, "conditions", "1.0.0", "{\"kind\":\"" + kind + "\",\"id\":\"" + UUID.randomUUID() + "\"}"));
    }
}
