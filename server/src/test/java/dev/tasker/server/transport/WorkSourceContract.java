package dev.tasker.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Cancellation;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskRequest;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.Checkpoint;
import dev.tasker.worker.CompletionStatus;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.RejectReason;
import dev.tasker.worker.StepReport;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.event.DeclaredEvent;
import dev.tasker.worker.event.DomainEvent;
import dev.tasker.worker.event.HandlerEvent;
import dev.tasker.worker.event.MadePayload;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.event.SubscriberRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What holds for a worker however it is connected: real server, real database, the source's own interface. */
@ExtendWith(DatabaseExtension.class)
abstract class WorkSourceContract {
    private static final String ODD_JSON = "{\"nul\":\"\\u0000\",\"big\":12345678901234567890.50,\"e\":1E5,\"ü\":[ ]}";

    private final List<AutoCloseable> open = new ArrayList<>();
    private TestDatabase database;
    private Stack stack;
    private String namespace;

    /** A way to the server's work. */
    abstract WorkSource sourceOf(Stack server);

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

    /** A worker whom the server knows. */
    private Peer worker(String callable) {
        return connected(Peer.of(closing(sourceOf(stack)), new HandlerKey(namespace, callable)));
    }

    private Peer hearing(String... patterns) {
        return connected(Peer.hearing(closing(sourceOf(stack)), "nothing", patterns));
    }

    private Peer connected(Peer worker) {
        closing(worker);
        Eventually.equals("connected", true, () -> worker.session().isConnected());
        return worker;
    }

    private UUID solo(String callable) throws Exception {
        stack.registerSolo(namespace, callable);
        return stack.create(namespace, "solo");
    }

    @Test
    void stepThatNoWorkerHasAHandlerForFailsForGood() throws Exception {
        UUID task = solo("pay");
        List<Peer> workers = List.of(worker("pay"), worker("pay"));
        for (Peer worker : workers) {
            worker.session().grant(1);
            worker.session().reject(worker.next(), RejectReason.HANDLER_NOT_FOUND);
        }

        Eventually.equals(
                "the step", StepState.ERROR, () -> stack.step(task, "only").state());
        assertThat(stack.step(task, "only").result())
                .contains("Handler not found: pay")
                .contains("handler_not_found");
    }

    @Test
    void workerHearsTheEventsOfOthersThatItsPatternsWant() throws Exception {
        stack.register("""
            name: publishing
            namespace_name: %s
            version: "1.0.0"
            steps:
              - name: only
                handler: {callable: pay}
                publishes_events:
                  - {name: card.charged, description: d, delivery_mode: fast, schema: {}}
                  - {name: card.booked, description: d, delivery_mode: broadcast, schema: {}}
                  - {name: ledger.kept, description: d, delivery_mode: durable, schema: {}}
            """.formatted(namespace));
        Peer listener = hearing("card.*", "**");
        Peer worker = worker("pay");
        worker.session().grant(1);
        stack.create(namespace, "publishing");

        worker.succeed(worker.next());

        assertThat(List.of(listener.nextTold(), listener.nextTold(), listener.nextTold(), listener.nextTold()))
                .as("nothing of durable ones")
                .containsExactlyInAnyOrder("0 card.charged", "1 card.charged", "0 card.booked", "1 card.booked");
        assertThat(worker.heardNothing()).isTrue();
    }

    @Test
    void handlerPublishesEventsWhileItRunsAndNotAfterwards() throws Exception {
        UUID task = solo("pay");
        Peer listener = hearing("item.*");
        Peer worker = worker("pay");
        worker.session().grant(1);
        Assignment given = worker.next();
        var kept = new HandlerEvent(UUID.randomUUID(), "item.kept", "{\"odd\":\"\\u0000\"}", null);

        assertThat(worker.publish(given, "item.told", DeclaredEvent.Mode.FAST)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(worker.publish(given, "item.both", DeclaredEvent.Mode.BROADCAST))
                .isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(worker.publish(given, kept)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(worker.publish(given, kept)).isEqualTo(CompletionStatus.DUPLICATE);
        assertThat(worker.publish(given, "No Name", null)).isEqualTo(CompletionStatus.INVALID);
        worker.succeed(given);
        assertThat(worker.publish(given, "item.late", null)).isEqualTo(CompletionStatus.STALE_LEASE);

        assertThat(List.of(listener.nextTold(), listener.nextTold()))
                .containsExactlyInAnyOrder("0 item.told", "0 item.both");
        assertThat(stack.engine().domainEvents().after(namespace, null, 10))
                .extracting(
                        entry -> entry.event().eventName() + " " + entry.event().taskUuid())
                .containsExactly("item.both " + task, "item.kept " + task);
    }

    @Test
    void subscriberAndHandlerOfARuntimeNeedNotKnowWhereTheServerIs() throws Exception {
        stack.registerSolo(namespace, "pay");
        var heard = new LinkedBlockingQueue<DomainEvent>();
        var subscribers = new SubscriberRegistry();
        subscribers.register("item.*", heard::add);
        HandlerRegistry handlers = HandlerRegistry.builder()
                .handler(
                        new HandlerKey(namespace, "pay"),
                        context -> StepResult.success(Map.of(
                                "published",
                                context.publishEvent("item.seen", Map.of("n", 1), DeclaredEvent.Mode.FAST),
                                "refused",
                                context.publishEvent("Item", 1))))
                .build();
        WorkSource source = closing(sourceOf(stack));
        closing(WorkerRuntime.start(
                source,
                handlers,
                new PublisherRegistry(),
                subscribers,
                WorkerConfig.defaults().withSlots(1)));

        UUID task = stack.create(namespace, "solo");

        DomainEvent event = heard.poll(20, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        assertThat(event.eventName()).isEqualTo("item.seen");
        assertThat(event.namespace()).isEqualTo(namespace);
        assertThat(event.taskUuid()).isEqualTo(task);
        assertThat(event.message()).contains("\"payload\":{\"n\":1}");
        stack.awaitStep(task, "only", "complete");
        assertThat(stack.step(task, "only").result())
                .contains("\"published\":true")
                .contains("\"refused\":false")
                .contains("\"handler_version\":\"1.0.0\"");
    }

    @Test
    void nothingArrivesWithoutCreditAndNoMoreThanIsGranted() throws Exception {
        stack.registerSolo(namespace, "pay");
        Peer worker = worker("pay");
        Set<UUID> tasks = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            tasks.add(stack.create(namespace, "solo"));
        }
        assertThat(worker.hasNothing()).isTrue();

        worker.session().grant(2);
        Assignment first = worker.next();
        Assignment second = worker.next();
        assertThat(worker.succeed(first)).isEqualTo(CompletionStatus.ACCEPTED);
        Assignment third = worker.next();
        long enqueued = tasks.stream()
                .filter(task -> stack.step(task, "only").state() == StepState.ENQUEUED)
                .count();
        assertThat(enqueued).as("one waits, for the slots are taken").isEqualTo(1);
        assertThat(worker.hasNothing()).isTrue();

        worker.succeed(second);
        worker.succeed(third);
        Assignment fourth = worker.next();
        worker.succeed(fourth);
        assertThat(Set.of(first.taskUuid(), second.taskUuid(), third.taskUuid(), fourth.taskUuid()))
                .isEqualTo(tasks);
        tasks.forEach(task -> stack.awaitStep(task, "only", "complete"));
    }

    @Test
    void assignmentHoldsAllThatAHandlerNeeds() throws Exception {
        stack.register("""
            name: pair
            namespace_name: %s
            version: "1.0.0"
            steps:
              - name: first
                handler: {callable: one}
              - name: second
                dependencies: [first]
                handler:
                  callable: one
                  method: refund
                  initialization: {a: 1, timeout_ms: 4321}
                retry: {retryable: true, max_attempts: 7}
                publishes_events:
                  - name: order.paid
                    condition: success
                    delivery_mode: durable
                    publisher: Mine
                    description: paid
                    schema: {type: object}
            """.formatted(namespace));
        UUID parent = UUID.randomUUID();
        UUID correlation = UUID.randomUUID();
        UUID task = stack.create(new TaskRequest(
                namespace,
                "pair",
                "1.0.0",
                ODD_JSON,
                "me",
                "shop",
                "because",
                "[\"x\"]",
                3,
                correlation,
                parent,
                null));
        Peer worker = worker("one");
        worker.session().grant(1);
        String document = "{\"success\":true,\"status\":\"completed\",\"result\":" + ODD_JSON + "}";
        Assignment first = worker.next();
        assertThat(first.step().method()).isEqualTo("call");
        assertThat(first.dependencyResults()).isEmpty();
        assertThat(worker.report(first, document)).isEqualTo(CompletionStatus.ACCEPTED);

        Assignment second = worker.next();

        assertThat(second.taskUuid()).isEqualTo(task);
        assertThat(second.stepUuid()).isEqualTo(stack.step(task, "second").stepUuid());
        assertThat(second.attempt()).isEqualTo(1);
        assertThat(second.maxAttempts()).isEqualTo(7);
        assertThat(second.timeout()).isEqualTo(Duration.ofMillis(4321));
        assertThat(second.task().contextJson()).isEqualTo(ODD_JSON);
        assertThat(second.task().namespace()).isEqualTo(namespace);
        assertThat(second.task().name()).isEqualTo("pair");
        assertThat(second.task().version()).isEqualTo("1.0.0");
        assertThat(second.task().priority()).isEqualTo(3);
        assertThat(second.task().initiator()).isEqualTo("me");
        assertThat(second.task().sourceSystem()).isEqualTo("shop");
        assertThat(second.task().reason()).isEqualTo("because");
        assertThat(second.task().correlationId()).isEqualTo(correlation);
        assertThat(second.task().parentCorrelationId()).isEqualTo(parent);
        assertThat(second.step().name()).isEqualTo("second");
        assertThat(second.step().templateStepName()).isEqualTo("second");
        assertThat(second.step().callable()).isEqualTo("one");
        assertThat(second.step().method()).isEqualTo("refund");
        assertThat(second.step().initializationJson()).contains("\"a\":1", "\"timeout_ms\":4321");
        assertThat(second.step().publishedEvents()).singleElement().satisfies(event -> {
            assertThat(event.name()).isEqualTo("order.paid");
            assertThat(event.publisher()).isEqualTo("Mine");
        });
        assertThat(second.dependencyResults()).containsOnlyKeys("first");
        assertThat(second.dependencyResults().get("first")).isEqualTo(document);
        worker.succeed(second);
    }

    @Test
    void repeatedResultIsADuplicateAndOneUnderAnotherTokenIsStale() throws Exception {
        UUID task = solo("pay");
        Peer worker = worker("pay");
        worker.session().grant(1);
        Assignment given = worker.next();
        worker.session().reject(given, RejectReason.SHUTTING_DOWN);
        worker.session().grant(1);
        Assignment again = worker.next();

        assertThat(worker.succeed(again)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(worker.report(again, "{\"success\":false}")).isEqualTo(CompletionStatus.DUPLICATE);
        assertThat(worker.succeed(given)).isEqualTo(CompletionStatus.STALE_LEASE);
        assertThat(stack.step(task, "only").result()).isEqualTo(Peer.SUCCESS);
    }

    @Test
    void rejectedStepGoesToAnotherWorkerWithItsAttemptRefunded() throws Exception {
        UUID task = solo("pay");
        Peer first = worker("pay");
        first.session().grant(1);
        Assignment given = first.next();
        Peer second = worker("pay");
        first.session().reject(given, RejectReason.HANDLER_NOT_FOUND);
        first.session().grant(1);
        second.session().grant(1);

        Assignment taken = second.next();

        assertThat(taken.attempt()).isEqualTo(1);
        assertThat(taken.leaseToken()).isGreaterThan(given.leaseToken());
        second.succeed(taken);
        assertThat(stack.step(task, "only").attempts()).isEqualTo(1);
    }

    @Test
    void handlerThatYieldsGoesOnFromItsCheckpointInTheSameAttempt() throws Exception {
        UUID task = solo("load");
        Peer worker = worker("load");
        worker.session().grant(1);
        Assignment first = worker.next();

        assertThat(worker.session()
                        .checkpoint(first, new Checkpoint(ODD_JSON, 5, null))
                        .get(20, TimeUnit.SECONDS))
                .isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(worker.session()
                        .yieldAt(first, new Checkpoint("{\"row\":9}", 9, "[1.50]"))
                        .get(20, TimeUnit.SECONDS))
                .isEqualTo(CompletionStatus.ACCEPTED);

        Assignment second = worker.next();
        assertThat(second.attempt()).isEqualTo(1);
        assertThat(second.leaseToken()).isGreaterThan(first.leaseToken());
        assertThat(second.step().checkpointJson()).contains("{\"row\":9}", "[1.50]", ODD_JSON);
        assertThat(worker.session()
                        .checkpoint(first, new Checkpoint("1", 1, null))
                        .get(20, TimeUnit.SECONDS))
                .isEqualTo(CompletionStatus.STALE_LEASE);
        assertThat(worker.succeed(second)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(stack.step(task, "only").attempts()).isEqualTo(1);
    }

    @Test
    void yieldOfAWorkerThatIsClosingGoesOnElsewhereInTheSameAttempt() throws Exception {
        stack.registerSolo(namespace, "load");
        var running = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        HandlerRegistry handlers = HandlerRegistry.builder()
                .handler(new HandlerKey(namespace, "load"), _ -> {
                    running.countDown();
                    go.await();
                    return StepResult.checkpointYield(Map.of("row", 3), 3, null);
                })
                .build();
        WorkerRuntime leaving =
                closing(WorkerRuntime.start(closing(sourceOf(stack)), handlers, WorkerConfig.defaults()));
        UUID task = stack.create(namespace, "solo");
        assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
        Thread leave = Thread.ofVirtual().start(leaving::close);
        Eventually.equals("closing", true, leaving::isClosing);

        go.countDown();
        leave.join();

        Peer heir = worker("load");
        heir.session().grant(1);
        Assignment next = heir.next();
        assertThat(next.attempt()).isEqualTo(1);
        assertThat(next.step().checkpointJson()).contains("{\"row\":3}");
        assertThat(heir.succeed(next)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(stack.step(task, "only").attempts()).isEqualTo(1);
        assertThat(leaving.statistics().yielded()).isEqualTo(1);
    }

    @Test
    void payloadsOfPublishersTravelWithTheResult() throws Exception {
        stack.register("""
            name: paid
            namespace_name: %s
            version: "1.0.0"
            steps:
              - name: only
                handler: {callable: pay}
                publishes_events:
                  - {name: order.paid, condition: success, delivery_mode: durable, publisher: Mine,
                     description: what happened, schema: {type: object}}
                  - {name: order.kept, condition: success, delivery_mode: durable, publisher: Mine,
                     description: what happened, schema: {type: object}}
            """.formatted(namespace));
        UUID task = stack.create(namespace, "paid");
        Peer worker = worker("pay");
        worker.session().grant(1);
        Assignment given = worker.next();
        StepReport report = new StepReport(
                true,
                false,
                Duration.ZERO,
                null,
                null,
                null,
                Peer.SUCCESS,
                Map.of(
                        "order.paid", new MadePayload("Mine", "{\"sum\":1.50}", "{\"tier\":\"gold\"}", false),
                        "order.kept", new MadePayload("Mine", null, null, true)));

        assertThat(worker.report(report, given)).isEqualTo(CompletionStatus.ACCEPTED);

        assertThat(database.query(
                        "SELECT event_name, message::json #>> '{payload,payload,sum}',"
                                + " message::json #>> '{metadata,tier}'"
                                + " FROM tasker.published_domain_events WHERE task_uuid = ?",
                        task))
                .containsExactly("order.paid 1.50 gold");
    }

    @Test
    void cancelledTaskTakesItsStepFromTheWorker() throws Exception {
        UUID task = solo("pay");
        Peer worker = worker("pay");
        worker.session().grant(1);
        Assignment given = worker.next();

        stack.engine().cancel(task, Cancellation.UNEXPLAINED).get(20, TimeUnit.SECONDS);

        assertThat(worker.nextLost()).isEqualTo(given);
        worker.session().grant(1);
        assertThat(worker.succeed(given)).isEqualTo(CompletionStatus.STALE_LEASE);
        UUID next = stack.create(namespace, "solo");
        assertThat(worker.next().taskUuid()).as("the slot is free again").isEqualTo(next);
    }

    @Test
    void drainingWorkerIsGivenNothingMoreAndMayFinish() throws Exception {
        solo("pay");
        Peer worker = worker("pay");
        worker.session().grant(2);
        Assignment given = worker.next();

        worker.session().drain();
        Eventually.equals(
                "sessions that take steps",
                List.of("0"),
                () -> database.query("SELECT count(*) FROM tasker.session_handlers WHERE namespace = ?", namespace));
        Peer other = worker("pay");
        other.session().grant(1);
        UUID next = stack.create(namespace, "solo");

        assertThat(other.next().taskUuid()).isEqualTo(next);
        assertThat(worker.hasNothing()).isTrue();
        assertThat(worker.succeed(given)).isEqualTo(CompletionStatus.ACCEPTED);
    }

    @Test
    void stepsOfOtherCallablesAndNamespacesStayWhereTheyAre() throws Exception {
        stack.registerSolo(namespace, "pay");
        stack.registerSolo(namespace + "x", "pay");
        Peer worker = worker("ship");
        worker.session().grant(5);
        Peer payer = worker("pay");
        UUID foreign = stack.create(namespace + "x", "solo");
        UUID task = stack.create(namespace, "solo");
        payer.session().grant(5);

        assertThat(payer.next().taskUuid()).isEqualTo(task);

        assertThat(stack.step(foreign, "only").state()).isEqualTo(StepState.ENQUEUED);
        assertThat(worker.hasNothing() && payer.hasNothing()).isTrue();
    }

    @Test
    void resultThatCannotBeStoredIsInvalidAndAnotherMayFollow() throws Exception {
        UUID task = solo("pay");
        Peer worker = worker("pay");
        worker.session().grant(1);
        Assignment given = worker.next();

        assertThat(worker.report(given, tooLarge())).isEqualTo(CompletionStatus.INVALID);
        assertThat(worker.report(given, Peer.SUCCESS)).isEqualTo(CompletionStatus.ACCEPTED);
        stack.awaitStep(task, "only", "complete");
    }

    private static String tooLarge() {
        return "{\"success\":true,\"result\":{\"a\":\"" + "x".repeat(5 << 20) + "\"}}";
    }

    @Test
    void closedSessionGivesItsStepsBack() throws Exception {
        UUID task = solo("pay");
        Peer first = worker("pay");
        first.session().grant(1);
        first.next();
        first.close();
        Peer second = worker("pay");
        second.session().grant(1);

        Assignment taken = second.next();

        assertThat(taken.taskUuid()).isEqualTo(task);
        assertThat(taken.attempt()).as("an attempt begun counts").isEqualTo(2);
        second.succeed(taken);
    }
}
