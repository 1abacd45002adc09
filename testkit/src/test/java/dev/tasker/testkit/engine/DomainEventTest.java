package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.BackoffRequest;
import dev.tasker.engine.Completion;
import dev.tasker.engine.DomainEvent;
import dev.tasker.engine.DomainEventBatch;
import dev.tasker.engine.DomainEventBatch.Entry;
import dev.tasker.engine.DomainEventStatistics;
import dev.tasker.engine.EventPayload;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.StepState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What outcomes publish (04 §6). */
@ExtendWith(DatabaseExtension.class)
class DomainEventTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** One event for each condition, named after it. */
    private static final String EVERY_CONDITION = """
        publishes_events:
          - {name: on.success, description: d, condition: success, schema: {}}
          - {name: on.failure, description: d, condition: failure, schema: {}}
          - {name: on.retryable, description: d, condition: retryable_failure, schema: {}}
          - {name: on.permanent, description: d, condition: permanent_failure, schema: {}}
          - {name: on.always, description: d, condition: always, schema: {}}
        retry: {retryable: true, max_attempts: 2}
        """;

    private static final String FAILED = """
        {"success":false,"result":{},"status":"failed","metadata":{"retryable":true,"error_code":"CARD_DECLINED",\
        "error_type":"payment_error","context":{"card":"visa","attempt":99}},"error":{"message":"declined"}}\
        """;

    private static TemplateFixture publishing(TestNode node, String name, String extra) {
        return node.register(node.draft(name).step("pay", extra));
    }

    private static List<String> kept(TestDatabase database, UUID task) {
        return database.query(
                "SELECT event_name, step_state FROM tasker.published_domain_events WHERE task_uuid = ? ORDER BY"
                        + " published_at, event_name",
                task);
    }

    private static JsonNode message(TestDatabase database, UUID task, String event) {
        return JSON.readTree(text(database, task, event));
    }

    private static String text(TestDatabase database, UUID task, String event) {
        return database.query(
                        "SELECT message FROM tasker.published_domain_events WHERE task_uuid = ? AND event_name = ?",
                        task,
                        event)
                .getFirst();
    }

    @Test
    void successPublishesWhatIsConditionedOnSuccess(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(publishing(node, "success", EVERY_CONDITION));

            worker.succeed(worker.next("pay"), "{\"amount\":1.50}");

            assertThat(kept(database, task)).containsExactly("on.always complete", "on.success complete");
        }
    }

    @Test
    void failureWithAnAttemptLeftIsRetryable(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(publishing(node, "retryable", EVERY_CONDITION));

            worker.report(worker.next("pay"), Results.retryAfter(Duration.ofHours(1)));

            assertThat(kept(database, task))
                    .containsExactly(
                            "on.always waiting_for_retry",
                            "on.failure waiting_for_retry",
                            "on.retryable waiting_for_retry");
        }
    }

    @Test
    void retryableFailureOfTheLastAttemptIsPermanent(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task =
                    node.create(publishing(node, "exhausted", EVERY_CONDITION.replace("attempts: 2", "attempts: 1")));

            worker.failRetryably(worker.next("pay"));

            assertThat(kept(database, task))
                    .containsExactly("on.always error", "on.failure error", "on.permanent error");
        }
    }

    @Test
    void failureThatMayNotBeRetriedIsPermanent(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(publishing(node, "permanent", EVERY_CONDITION));

            worker.failForGood(worker.next("pay"));

            assertThat(kept(database, task))
                    .containsExactly("on.always error", "on.failure error", "on.permanent error");
        }
    }

    @Test
    void failureOfAStepThatIsNotRetriedIsPermanent(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(
                    publishing(node, "unretryable", EVERY_CONDITION.replace("retryable: true", "retryable: false")));

            worker.failRetryably(worker.next("pay"));

            assertThat(kept(database, task))
                    .containsExactly("on.always error", "on.failure error", "on.permanent error");
        }
    }

    @Test
    void messageHoldsPayloadSummaryAndMetadata(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(publishing(node, "message", EVERY_CONDITION));
            Assignment assignment = worker.next("pay");

            worker.succeed(assignment, "{\"amount\":1.50,\"text\":\"a\\u0000b\"}");

            JsonNode message = message(database, task, "on.success");
            assertThat(message.path("event_id").stringValue()).matches(".{14}7.{21}");
            assertThat(message.path("event_name").stringValue()).isEqualTo("on.success");
            assertThat(message.path("event_version").stringValue()).isEqualTo("1.0");
            assertThat(text(database, task, "on.success"))
                    .contains("\"payload\":{\"execution_result\":{\"success\":true,\"retryable\":false,\"attempt\":1},"
                            + "\"payload\":{\"amount\":1.50,\"text\":\"a\\u0000b\"}}");
            JsonNode metadata = message.path("metadata");
            assertThat(metadata.path("task_uuid").stringValue()).isEqualTo(task.toString());
            assertThat(metadata.path("step_uuid").stringValue())
                    .isEqualTo(assignment.stepUuid().toString());
            assertThat(metadata.path("step_name").stringValue()).isEqualTo("pay");
            assertThat(metadata.path("namespace").stringValue()).isEqualTo(node.namespace());
            assertThat(metadata.path("correlation_id").stringValue())
                    .isEqualTo(assignment.task().correlationId().toString());
            assertThat(metadata.path("fired_by").stringValue()).isEqualTo("default");
            assertThat(metadata.has("fired_at")).isTrue();
        }
    }

    @Test
    void failurePayloadTellsTheErrorAndItsContext(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(publishing(node, "declined", EVERY_CONDITION));

            worker.report(
                    worker.next("pay"),
                    new StepResult(
                            false,
                            true,
                            1,
                            new BackoffRequest(BackoffRequest.Kind.SERVER_REQUESTED, Duration.ofHours(1)),
                            FAILED));

            JsonNode payload = message(database, task, "on.failure").path("payload");
            assertThat(payload.path("payload")).isEqualTo(JSON.readTree("""
                {"card":"visa","attempt":1,"error_code":"CARD_DECLINED","error_type":"payment_error",
                 "error_message":"declined","retryable":true,"step_name":"pay"}\
                """));
            assertThat(payload.path("execution_result")).isEqualTo(JSON.readTree("""
                {"success":false,"error_type":"payment_error","error_code":"CARD_DECLINED","retryable":true,
                 "attempt":1}\
                """));
        }
    }

    @Test
    void payloadThatBreaksItsSchemaIsNotPublishedAndTheStepGoesOn(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(publishing(node, "schema", """
                publishes_events:
                  - name: strict.one
                    description: d
                    schema: {type: object, required: [amount], properties: {amount: {type: number}}}
                  - {name: lax.one, description: d, schema: {properties: {amount: {format: date-time}}}}
                """));

            worker.succeed(worker.next("pay"), "{\"amount\":\"much\"}");

            assertThat(kept(database, task)).containsExactly("lax.one complete");
            assertThat(node.step(task, "pay").state()).isEqualTo(StepState.COMPLETE);
            assertThat(node.engine().domainEvents().statistics().failed()).isEqualTo(1);
        }
    }

    @Test
    void schemaThatCannotBeCompiledOrLoadsOthersTakesNoPayload(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(publishing(node, "broken", """
                publishes_events:
                  - {name: bad.pattern, description: d, schema: {properties: {a: {pattern: '('}}}}
                  - {name: far.away, description: d, schema: {$ref: 'http://127.0.0.1:1/schema.json'}}
                  - {name: good.one, description: d, schema: true}
                """));

            worker.succeed(worker.next("pay"), "{\"a\":\"b\"}");

            assertThat(kept(database, task)).containsExactly("good.one complete");
        }
    }

    @Test
    void payloadMappingPicksFromTheResult(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(publishing(node, "mapping", """
                publishes_events:
                  - {name: order.paid, description: d, schema: {}, payload: {sum: /total/amount, none: /missing}}
                """));

            worker.succeed(worker.next("pay"), "{\"total\":{\"amount\":3}}");

            assertThat(message(database, task, "order.paid")
                            .path("payload")
                            .path("payload")
                            .toString())
                    .isEqualTo("{\"sum\":3}");
        }
    }

    @Test
    void ofTwoEventsOfOneNameTheLastCounts(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(publishing(node, "twice", """
                publishes_events:
                  - {name: order.paid, description: first, schema: {}}
                  - {name: order.paid, description: second, schema: {}, payload: {sum: /sum}}
                """));

            worker.succeed(worker.next("pay"), "{\"sum\":1,\"more\":2}");

            assertThat(kept(database, task)).containsExactly("order.paid complete");
            assertThat(message(database, task, "order.paid")
                            .path("payload")
                            .path("payload")
                            .toString())
                    .isEqualTo("{\"sum\":1}");
        }
    }

    @Test
    void fastIsOnlyToldDurableOnlyKeptBroadcastBothWithOneId(TestDatabase database) throws Exception {
        BlockingQueue<DomainEvent> heard = new LinkedBlockingQueue<>();
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            node.engine().domainEvents().subscribe("mode.*", heard::add);
            UUID task = node.create(publishing(node, "modes", """
                publishes_events:
                  - {name: mode.durable, description: d, schema: {}, delivery_mode: durable}
                  - {name: mode.fast, description: d, schema: {}, delivery_mode: fast}
                  - {name: mode.broadcast, description: d, schema: {}, delivery_mode: broadcast}
                """));

            worker.succeed(worker.next("pay"), "{}");

            DomainEvent first = heard.poll(5, TimeUnit.SECONDS);
            DomainEvent second = heard.poll(5, TimeUnit.SECONDS);
            assertThat(first.eventName()).isEqualTo("mode.fast");
            assertThat(second.eventName()).isEqualTo("mode.broadcast");
            assertThat(heard).isEmpty();
            assertThat(kept(database, task)).containsExactly("mode.broadcast complete", "mode.durable complete");
            assertThat(message(database, task, "mode.broadcast")).isEqualTo(JSON.readTree(second.message()));
            DomainEventStatistics statistics = node.engine().domainEvents().statistics();
            assertThat(List.of(
                            statistics.totalRouted(),
                            statistics.durableRouted(),
                            statistics.fastRouted(),
                            statistics.broadcastRouted(),
                            statistics.bus().eventsDispatched(),
                            statistics.bus().handlerDispatches()))
                    .containsExactly(3L, 1L, 1L, 1L, 2L, 2L);
            assertThat(measured(node, "published"))
                    .isEqualTo(Map.of(List.of("durable"), 1L, List.of("fast"), 1L, List.of("broadcast"), 1L));
            assertThat(measured(node, "dropped")).isEqualTo(Map.of(List.of("vetoed"), 0L, List.of("queue_full"), 0L));
            assertThat(measured(node, "dispatched")).isEqualTo(Map.of(List.of(), 2L));
            assertThat(measured(node, "handler_dispatches")).isEqualTo(Map.of(List.of(), 2L));
            assertThat(measured(node, "handler_errors")).isEqualTo(Map.of(List.of(), 0L));
            assertThat(measured(node, "failed")).isEqualTo(Map.of(List.of(), 0L));
            assertThat(measured(node, "subscribers")).isEqualTo(Map.of(List.of(), 1L));
            assertThat(measured(node, "patterns")).isEqualTo(Map.of(List.of(), 1L));
        }
    }

    @Test
    void repeatedAndStaleResultsPublishNothingMore(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(publishing(node, "stale", EVERY_CONDITION));
            Assignment first = worker.next("pay");
            worker.report(first, Results.retryAfter(Duration.ofSeconds(1)));
            database.advance(Duration.ofSeconds(2));
            Assignment second = worker.next("pay");

            assertThat(worker.succeed(first, "{}")).isEqualTo(Completion.STALE_LEASE);
            assertThat(worker.succeed(second, "{}")).isEqualTo(Completion.ACCEPTED);
            assertThat(worker.succeed(second, "{}")).isEqualTo(Completion.DUPLICATE);

            assertThat(kept(database, task))
                    .containsExactly(
                            "on.always waiting_for_retry",
                            "on.failure waiting_for_retry",
                            "on.retryable waiting_for_retry",
                            "on.always complete",
                            "on.success complete");
            assertThat(node.engine().domainEvents().statistics().totalRouted()).isEqualTo(5);
        }
    }

    @Test
    void oneBatchWithARepeatedResultPublishesOnce(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(8)) {
            TemplateFixture template =
                    publishing(node, "batch", EVERY_CONDITION).with("identity_strategy: always_unique");
            node.register(template);
            List<UUID> tasks =
                    IntStream.range(0, 8).mapToObj(_ -> node.create(template)).toList();
            List<CompletableFuture<Completion>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Assignment assignment = worker.next("pay");
                answers.add(worker.session().complete(assignment, StepResult.success("{}")));
                answers.add(worker.session().complete(assignment, StepResult.success("{}")));
            }
            answers.forEach(HandDrivenWorker::answer);

            for (UUID task : tasks) {
                assertThat(kept(database, task)).containsExactly("on.always complete", "on.success complete");
            }
        }
    }

    @Test
    void resultReportedToAnotherNodePublishesThere(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                TestNode other = node.another();
                HandDrivenWorker worker = node.worker(1);
                HandDrivenWorker elsewhere = other.worker(0)) {
            UUID task = node.create(publishing(node, "elsewhere", EVERY_CONDITION));
            Assignment assignment = worker.next("pay");

            assertThat(elsewhere.report(
                            assignment.stepUuid(), assignment.leaseToken(), StepResult.success("{\"a\":1}")))
                    .isEqualTo(Completion.ACCEPTED);

            assertThat(kept(database, task)).containsExactly("on.always complete", "on.success complete");
            assertThat(other.engine().domainEvents().statistics().totalRouted()).isEqualTo(2);
        }
    }

    @Test
    void expiryIsARetryableFailureAsLongAsAttemptsAreLeft(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker silent = node.worker(1)) {
            UUID task = node.create(publishing(node, "expiry", EVERY_CONDITION));
            silent.next("pay");
            node.runOut(silent);
            HandDrivenWorker next = node.worker(1);
            next.next("pay");
            assertThat(kept(database, task))
                    .containsExactly("on.always enqueued", "on.failure enqueued", "on.retryable enqueued");
            JsonNode payload =
                    message(database, task, "on.retryable").path("payload").path("payload");
            assertThat(payload.path("error_type").stringValue()).isEqualTo("lease_expired");
            assertThat(payload.path("error_code").stringValue()).isEqualTo("lease_expired");
            assertThat(payload.path("attempt").intValue()).isEqualTo(1);

            node.runOut(next);
            Eventually.equals(
                    "state", StepState.ERROR, () -> node.step(task, "pay").state());
            assertThat(kept(database, task))
                    .contains("on.always error", "on.failure error", "on.permanent error")
                    .hasSize(6);
        }
    }

    @Test
    void customPublisherDecidesThePayloadAndTheEngineTheRest(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(publishing(node, "custom", """
                publishes_events:
                  - {name: own.payload, description: d, publisher: Mine, schema: {required: [own]}}
                  - {name: own.bad, description: d, publisher: Mine, schema: {required: [own]}}
                  - {name: own.vetoed, description: d, publisher: Mine, schema: {}}
                  - {name: own.unmade, description: d, publisher: Mine, schema: {}}
                  - {name: own.failure, description: d, publisher: Mine, condition: failure, schema: {}}
                  - {name: not.own, description: d, schema: {}}
                """));

            worker.report(
                    worker.next("pay"),
                    new StepResult(
                            true,
                            false,
                            1,
                            null,
                            "{\"success\":true,\"result\":{\"handler\":true}}",
                            Map.of(
                                    "own.payload",
                                    new EventPayload(
                                            "Mine", "{\"own\":1}", "{\"tier\":\"gold\",\"namespace\":\"x\"}", false),
                                    "own.bad",
                                    new EventPayload("Mine", "{}", null, false),
                                    "own.vetoed",
                                    new EventPayload("Mine", null, null, true),
                                    "own.failure",
                                    new EventPayload("Mine", "{}", null, false),
                                    "not.own",
                                    new EventPayload("Mine", "{\"own\":1}", null, false))));

            assertThat(kept(database, task))
                    .containsExactly("not.own complete", "own.payload complete", "own.unmade complete");
            JsonNode own = message(database, task, "own.payload");
            assertThat(own.path("payload").path("payload").toString()).isEqualTo("{\"own\":1}");
            assertThat(own.path("metadata").path("fired_by").stringValue()).isEqualTo("Mine");
            assertThat(own.path("metadata").path("tier").stringValue()).isEqualTo("gold");
            assertThat(own.path("metadata").path("namespace").stringValue()).isEqualTo(node.namespace());
            assertThat(message(database, task, "not.own")
                            .path("payload")
                            .path("payload")
                            .toString())
                    .isEqualTo("{\"handler\":true}");
            assertThat(message(database, task, "own.unmade")
                            .path("metadata")
                            .path("fired_by")
                            .stringValue())
                    .isEqualTo("default");
            assertThat(node.engine().domainEvents().statistics().vetoed()).isEqualTo(1);
            assertThat(node.engine().domainEvents().statistics().failed()).isEqualTo(1);
        }
    }

    @Test
    void consumersReadInOrderAndGoOnFromWhatTheyAcknowledged(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            TemplateFixture chain = node.register(node.draft("chain")
                    .step("a", "publishes_events: [{name: did.a, description: d, schema: {}}]")
                    .step("b:a", "publishes_events: [{name: did.b, description: d, schema: {}}]")
                    .step("c:b", "publishes_events: [{name: did.c, description: d, schema: {}}]"));
            node.create(chain);
            worker.run("a");
            worker.run("b");
            worker.run("c");
            var events = node.engine().domainEvents();

            DomainEventBatch all = Eventually.get(
                    "three events", () -> events.read(node.namespace(), "ledger", 10, Duration.ofMillis(1)), batch -> {
                        database.advance(Duration.ofSeconds(1));
                        return batch.entries().size() == 3;
                    });
            assertThat(names(all)).containsExactly("did.a", "did.b", "did.c");
            assertThat(events.acknowledge(all, 1)).isTrue();
            assertThat(events.acknowledge(all, 2)).as("the turn is over").isFalse();
            DomainEventBatch rest = events.read(node.namespace(), "ledger", 1, Duration.ofMinutes(1));
            assertThat(names(rest)).containsExactly("did.b");
            assertThat(events.read(node.namespace(), "ledger", 10, Duration.ofMinutes(1))
                            .isEmpty())
                    .as("another reader's turn")
                    .isTrue();
            assertThat(names(events.read(node.namespace(), "audit", 10, Duration.ofMinutes(1))))
                    .as("another consumer")
                    .hasSize(3);

            database.advance(Duration.ofMinutes(2));
            DomainEventBatch again = events.read(node.namespace(), "ledger", 10, Duration.ofMinutes(1));
            assertThat(names(again)).containsExactly("did.b", "did.c");
            assertThat(events.acknowledge(rest)).as("superseded").isFalse();
            assertThat(events.acknowledge(again)).isTrue();
            assertThat(events.read(node.namespace(), "ledger", 10, Duration.ofMinutes(1))
                            .isEmpty())
                    .isTrue();
        }
    }

    private static Map<List<String>, Long> measured(TestNode node, String figure) {
        return node.engine().instruments().stream()
                .filter(instrument -> instrument.name().equals("domain_events." + figure))
                .findFirst()
                .orElseThrow()
                .values();
    }

    private static List<String> names(DomainEventBatch batch) {
        return batch.entries().stream()
                .map(Entry::event)
                .map(DomainEvent::eventName)
                .toList();
    }

    @Test
    void eventOfATransactionThatIsStillOpenIsNotPassedOver(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1);
                var late = database.dataSource().getConnection()) {
            late.setAutoCommit(false);
            try (var statement = late.createStatement()) {
                statement.execute("INSERT INTO tasker.domain_events (namespace, event_id, event_name, task_uuid,"
                        + " step_index, sort_key, step_state, published_at, message) SELECT '" + node.namespace()
                        + "', gen_random_uuid(), 'late.one', gen_random_uuid(), 0, 1, 6, now(), '{}'");
            }
            node.create(publishing(node, "order", "publishes_events: [{name: early.one, description: d, schema: {}}]"));
            worker.run("pay");
            var events = node.engine().domainEvents();

            assertThat(events.read(node.namespace(), "ledger", 10, Duration.ofMinutes(1))
                            .isEmpty())
                    .isTrue();
            late.commit();

            DomainEventBatch both = Eventually.get(
                    "both",
                    () -> events.read(node.namespace(), "ledger", 10, Duration.ofMinutes(1)),
                    batch -> !batch.isEmpty());
            assertThat(names(both)).containsExactly("late.one", "early.one");
            database.execute("DELETE FROM tasker.domain_events WHERE event_name = 'late.one'");
        }
    }

    @Test
    void eventsLeaveWhenTheirRetentionIsOver(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            TemplateFixture template =
                    publishing(node, "trim", "publishes_events: [{name: old.one, description: d, schema: {}}]");
            UUID old = node.create(template);
            worker.run("pay");
            database.advance(Duration.ofDays(10));
            UUID young = node.create(template.request("{\"n\":2}"));
            worker.run("pay");

            assertThat(database.query("SELECT tasker.trim_domain_events('9 days', 1)"))
                    .isNotEqualTo(List.of("0"));
            while (!database.query("SELECT tasker.trim_domain_events('9 days', 100)")
                    .equals(List.of("0"))) {}

            assertThat(kept(database, old)).isEmpty();
            assertThat(kept(database, young)).hasSize(1);
        }
    }
}
