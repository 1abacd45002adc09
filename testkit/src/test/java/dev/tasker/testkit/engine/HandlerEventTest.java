package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.DomainEvent;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.EventPublication;
import dev.tasker.engine.HandlerEvent;
import dev.tasker.template.DeliveryMode;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What handlers tell of while they run (04 §9.6, PublishEvents). */
@ExtendWith(DatabaseExtension.class)
class HandlerEventTest {
    private static final String DECLARED = """
        publishes_events:
          - name: card.charged
            description: d
            condition: success
            delivery_mode: fast
            schema: {type: object, required: [amount]}
        """;

    private static HandlerEvent event(String name, String payload, @Nullable DeliveryMode mode) {
        return new HandlerEvent(UUID.randomUUID(), name, payload, mode);
    }

    private static List<Completion> publish(HandDrivenWorker worker, Assignment lease, HandlerEvent... events) {
        return HandDrivenWorker.answer(worker.session().publish(lease.stepUuid(), lease.leaseToken(), List.of(events)))
                .stream()
                .map(EventPublication::status)
                .toList();
    }

    private static BlockingQueue<DomainEvent> heard(TestNode node, String pattern) {
        BlockingQueue<DomainEvent> heard = new LinkedBlockingQueue<>();
        node.engine().domainEvents().subscribe(pattern, heard::add);
        return heard;
    }

    private static List<String> names(BlockingQueue<DomainEvent> heard, int count) throws InterruptedException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            DomainEvent next = heard.poll(10, TimeUnit.SECONDS);
            names.add(next == null ? "nothing" : next.eventName());
        }
        return names;
    }

    private static List<String> kept(TestDatabase database, UUID task) {
        return database.query(
                "SELECT event_name, step_state FROM tasker.published_domain_events WHERE task_uuid = ? ORDER BY"
                        + " event_name",
                task);
    }

    @Test
    void modeSaysWhetherAnEventIsKeptOrToldOrBoth(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            BlockingQueue<DomainEvent> heard = heard(node, "item.*");
            UUID task = node.create(node.template("modes", "pay"));
            Assignment lease = worker.next();

            List<Completion> outcomes = publish(
                    worker,
                    lease,
                    event("item.kept", "{\"n\":1}", null),
                    event("item.told", "[2]", DeliveryMode.FAST),
                    event("item.both", "3", DeliveryMode.BROADCAST));

            assertThat(outcomes).containsOnly(Completion.ACCEPTED);
            assertThat(names(heard, 2)).containsExactly("item.told", "item.both");
            assertThat(kept(database, task)).containsExactly("item.both in_progress", "item.kept in_progress");
            assertThat(database.query(
                                    "SELECT message FROM tasker.published_domain_events WHERE event_name = 'item.kept'"
                                            + " AND task_uuid = ?",
                                    task)
                            .getFirst())
                    .contains("\"payload\":{\"execution_result\":null,\"payload\":{\"n\":1}}")
                    .contains("\"step_name\":\"pay\"")
                    .contains("\"fired_by\":\"pay\"");
            worker.succeed(lease, "1");
        }
    }

    @Test
    void eventOfOneIdIsKeptOnceAndAnotherOfItsNameToo(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            BlockingQueue<DomainEvent> heard = heard(node, "*");
            UUID task = node.create(node.template("once", "pay"));
            Assignment lease = worker.next();
            HandlerEvent event = event("item.both", "1", DeliveryMode.BROADCAST);

            assertThat(publish(worker, lease, event)).containsExactly(Completion.ACCEPTED);
            assertThat(publish(worker, lease, event, event("item.both", "2", DeliveryMode.BROADCAST)))
                    .containsExactly(Completion.DUPLICATE, Completion.ACCEPTED);

            assertThat(kept(database, task)).hasSize(2);
            assertThat(names(heard, 2)).containsExactly("item.both", "item.both");
            assertThat(heard).isEmpty();
        }
    }

    @Test
    void nothingIsPublishedOnceTheLeaseHasEnded(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(node.template("stale", "pay"));
            Assignment given = worker.next();
            worker.reject(given);
            Assignment lease = worker.next();

            assertThat(publish(worker, given, event("item.kept", "1", null))).containsExactly(Completion.STALE_LEASE);
            worker.succeed(lease, "1");
            assertThat(publish(worker, lease, event("item.kept", "1", null))).containsExactly(Completion.STALE_LEASE);

            assertThat(kept(database, task)).isEmpty();
        }
    }

    @Test
    void declarationDecidesByItsSchemaAndModeAndTheOutcomePublishesAsEver(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            BlockingQueue<DomainEvent> heard = heard(node, "card.charged");
            TemplateFixture template = node.register(node.draft("declared").step("pay", DECLARED));
            UUID task = node.create(template);
            Assignment lease = worker.next();

            assertThat(publish(
                            worker,
                            lease,
                            event("card.charged", "{}", null),
                            event("card.charged", "{\"amount\":1}", DeliveryMode.DURABLE)))
                    .containsExactly(Completion.INVALID, Completion.ACCEPTED);
            worker.succeed(lease, "{\"amount\":2}");

            assertThat(names(heard, 2)).containsExactly("card.charged", "card.charged");
            assertThat(kept(database, task)).as("fast, as declared").isEmpty();
        }
    }

    @Test
    void whatCanNeverBePublishedIsToldApartFromTheRest(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(node.template("invalid", "pay"));
            Assignment lease = worker.next();

            List<EventPublication> outcomes = HandDrivenWorker.answer(worker.session()
                    .publish(
                            lease.stepUuid(),
                            lease.leaseToken(),
                            List.of(
                                    event("Bad Name", "1", null),
                                    event("single", "1", null),
                                    event("not.json", "{", null),
                                    event("too.long", '"' + "x".repeat(1 << 20) + '"', null),
                                    event("item.kept", "\"\\u0000\"", null))));

            assertThat(outcomes)
                    .extracting(EventPublication::status)
                    .containsExactly(
                            Completion.INVALID,
                            Completion.INVALID,
                            Completion.INVALID,
                            Completion.INVALID,
                            Completion.ACCEPTED);
            assertThat(outcomes.getFirst().reason()).contains("name: 'Bad Name' (expected: two or more segments");
            assertThat(kept(database, task)).containsExactly("item.kept in_progress");
            assertThatThrownBy(() -> worker.session().publish(lease.stepUuid(), lease.leaseToken(), List.of()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("events: 0 (expected: 1 to 100)");
        }
    }

    @Test
    void eventOfALeaseThatAnotherNodeGaveIsPublishedHere(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database);
                TestNode other = node.another();
                HandDrivenWorker worker = node.worker(1);
                HandDrivenWorker elsewhere = other.worker(0)) {
            BlockingQueue<DomainEvent> heard = heard(other, "**");
            UUID task = node.create(node.template("nodes", "pay"));
            Assignment lease = worker.next();

            assertThat(publish(elsewhere, lease, event("item.both", "1", DeliveryMode.BROADCAST)))
                    .containsExactly(Completion.ACCEPTED);

            assertThat(names(heard, 1)).containsExactly("item.both");
            assertThat(kept(database, task)).containsExactly("item.both in_progress");
        }
    }
}
