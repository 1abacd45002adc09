package dev.tasker.testkit.engine;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskState;
import dev.tasker.errors.ErrorAction;
import dev.tasker.errors.ErrorHandling;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import dev.tasker.testkit.fault.Fault;
import dev.tasker.testkit.fault.Fault.Kind;
import dev.tasker.testkit.fault.FaultyDataSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of the steps of a worker that is gone: run at most once or again, and at once when it said goodbye (04 §9.6). */
@ExtendWith(DatabaseExtension.class)
class LostWorkerTest {

    /** A template with one step whose handler is run at most once, and others. */
    private static TemplateFixture once(TestNode node, String... others) {
        TemplateFixture template = node.draft("once").step("pay", "pay, at_most_once: true", List.of(), "");
        for (String other : others) {
            template = template.step(other, "");
        }
        return node.register(template);
    }

    @Test
    void attemptThatIsRunAtMostOnceFailsForGoodWithItsWorker(TestDatabase database) throws Exception {
        HandledErrors errors = new HandledErrors();
        try (TestNode node = TestNode.open(database, TestNode.CONFIG, database.dataSource(), errors)) {
            TemplateFixture template = once(node, "ship:pay");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment first = worker.next("pay");
            node.runOut(worker);
            Eventually.equals("the steps", List.of("pay=error", "ship=pending"), () -> node.states(task));
            StepView step = node.step(task, "pay");
            assertThat(step.attempts()).as("of three").isEqualTo(1);
            assertThat(step.result())
                    .contains("\"error_type\":\"worker_lost\"", "\"retryable\":false")
                    .doesNotContain("lease_expired", "\"retryable\":true");
            assertThat(node.task(task).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
            assertThat(worker.succeed(first, "1")).isEqualTo(Completion.STALE_LEASE);
            ErrorHandling handling = errors.next();
            assertThat(handling.action()).isEqualTo(ErrorAction.MARKED_AS_PERMANENT_FAILURE);
            assertThat(handling.finalState()).isEqualTo("error");
            assertThat(handling.backoffApplied()).isFalse();
            assertThat(handling.classificationSummary()).startsWith("Permanent error (Permanent): Worker lost");
        }
    }

    @Test
    void realSilenceOfAWorkerIsTheSame(TestDatabase database) {
        EngineConfig config = TestNode.CONFIG.withLeases(new LeaseConfig(ofMillis(300), ofMillis(100), ofMillis(50)));
        try (TestNode node = TestNode.open(database, config)) {
            TemplateFixture template = once(node, "mail");
            SessionRequest request =
                    new SessionRequest("w", List.of(new HandlerKey(node.namespace(), HandlerKey.ANY)), false);
            HandDrivenWorker silent =
                    HandDrivenWorker.open(node.engine(), request).grant(2);
            UUID task = node.create(template);
            silent.next(2);
            Eventually.equals("the steps", List.of("pay=error", "mail=waiting_for_retry"), () -> node.states(task));
            assertThat(node.step(task, "pay").result()).contains("worker_lost");
            assertThat(node.step(task, "mail").result()).contains("lease_expired");
        }
    }

    @Test
    void sessionThatIsClosedWithTheAttemptCountsAsLost(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = once(node);
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.next();
            worker.close();
            Eventually.equals("the steps", List.of("pay=error"), () -> node.states(task));
        }
    }

    @Test
    void failureThatTheHandlerReportsIsRetriedAllTheSame(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = once(node);
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.failRetryably(worker.next());
            assertThat(node.states(task)).containsExactly("pay=waiting_for_retry");
            database.advance(ofSeconds(2));
            Assignment second = worker.next();
            assertThat(worker.reject(second)).isEqualTo(Completion.ACCEPTED);
            Assignment third = worker.next();
            assertThat(third.attempt())
                    .as("what was given back unstarted is offered again")
                    .isEqualTo(2);
            worker.succeed(third, "1");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void expiryTellsTheRetryableFromTheLastAndTheUnrepeatable(TestDatabase database) throws Exception {
        HandledErrors errors = new HandledErrors();
        try (TestNode node = TestNode.open(database, TestNode.CONFIG, database.dataSource(), errors)) {
            TemplateFixture template =
                    node.register(node.draft("verdicts").step("a", "").step("b:a", "retry: {retryable: false}"));
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.next("a");
            node.runOut(worker);
            ErrorHandling again = errors.next();
            assertThat(again.action()).isEqualTo(ErrorAction.TRANSITIONED_TO_WAITING_FOR_RETRY);
            assertThat(again.finalState()).isEqualTo("enqueued");
            assertThat(again.backoff()).isNull();
            assertThat(again.classificationSummary()).startsWith("Retryable error (Transient): Lease expired");
            assertThat(node.step(task, "a").result()).contains("\"retryable\":true");

            HandDrivenWorker next = node.worker(1);
            next.run("a");
            next.next("b");
            node.runOut(next);
            assertThat(errors.next().action()).isEqualTo(ErrorAction.MARKED_AS_ERROR);
            assertThat(node.step(task, "b").result())
                    .contains("lease_expired", "\"retryable\":false")
                    .doesNotContain("\"retryable\":true");
        }
    }

    @Test
    void heartbeatUnderWayWhenItsSessionIsClosedDoesNotKeepTheSteps(TestDatabase database) throws Exception {
        FaultyDataSource direct = new FaultyDataSource(database.dataSource());
        try (TestNode node = TestNode.open(database, TestNode.CONFIG, direct, EngineListener.NONE)) {
            TemplateFixture template = node.template("goodbye", "a", "b");
            HandDrivenWorker leaving = node.worker(1, "a");
            HandDrivenWorker staying = node.worker(1, "b");
            UUID task = node.create(template);
            leaving.next("a");
            Assignment kept = staying.next("b");
            String renewal = "SELECT expires_at FROM tasker.worker_sessions WHERE session_uuid = ?";
            Fault earlier = direct.on("tasker.heartbeat", Kind.PARK_BEFORE);
            staying.session().heartbeat();
            earlier.awaitStruck(ofSeconds(8));
            Fault heartbeat = direct.on("tasker.heartbeat", Kind.PARK_BEFORE);
            leaving.session().heartbeat();
            staying.session().heartbeat();
            earlier.release();
            heartbeat.awaitStruck(ofSeconds(8)); // for both
            List<String> before = database.query(renewal, staying.uuid());
            Fault expiry = direct.on("tasker.expire_session", Kind.PARK_BEFORE);

            leaving.close();
            expiry.awaitStruck(ofSeconds(8));
            heartbeat.release();
            Eventually.get(
                    "the heartbeat to have come through",
                    () -> database.query(renewal, staying.uuid()),
                    found -> !found.equals(before));
            expiry.release();

            HandDrivenWorker heir = node.worker(1, "a");
            assertThat(heir.next("a").attempt()).isEqualTo(2);
            assertThat(staying.succeed(kept, "1")).isEqualTo(Completion.ACCEPTED);
            assertThat(node.step(task, "b").attempts()).isEqualTo(1);
            assertThat(database.query(renewal, leaving.uuid())).containsExactly("-infinity");
        }
    }

    @Test
    void sessionThatWasClosedIsTakenBackByAnotherNodeAtOnce(TestDatabase database) throws Exception {
        FaultyDataSource direct = new FaultyDataSource(database.dataSource());
        try (TestNode node = TestNode.open(database, TestNode.CONFIG, direct, EngineListener.NONE)) {
            TemplateFixture template = node.template("orphan", "a");
            HandDrivenWorker leaving = node.worker(1);
            node.create(template);
            leaving.next();
            try (Fault stuck = direct.on("tasker.expire_session", Kind.PARK_BEFORE)) {
                leaving.close();
                stuck.awaitStruck(ofSeconds(8)); // its own node is not getting on
                try (TestNode other = node.another()) {
                    HandDrivenWorker heir = other.worker(1);
                    assertThat(heir.next("a").attempt()).isEqualTo(2);
                }
            }
        }
    }
}
