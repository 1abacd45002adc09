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
import dev.tasker.engine.StepResult;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskState;
import dev.tasker.errors.ErrorAction;
import dev.tasker.errors.ErrorHandling;
import dev.tasker.testkit.Assignments;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import dev.tasker.testkit.fault.Fault;
import dev.tasker.testkit.fault.Fault.Kind;
import dev.tasker.testkit.fault.FaultyDataSource;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The server ends attempts that run past their time although their worker renews its leases (04 §9.6, 01 §4.6). */
@ExtendWith(DatabaseExtension.class)
class StepTimeoutTest {
    private static final Duration LIMIT = ofMillis(60);
    private static final EngineConfig CONFIG =
            TestNode.CONFIG.withLeases(new LeaseConfig(ofMillis(100), ofMillis(33), Duration.ZERO, ofMillis(40)));

    /** A worker that never reports and whose own limit is {@link #LIMIT}. */
    private static HandDrivenWorker slow(TestNode node, int slots, boolean selfRenewing) {
        List<HandlerKey> handlers = List.of(new HandlerKey(node.namespace(), HandlerKey.ANY));
        return node.worker(slots, new SessionRequest("slow", handlers, selfRenewing, LIMIT));
    }

    @Test
    void attemptOutOfTimeIsAFailureThatIsTriedAgainWithItsBackOff(TestDatabase database) throws Exception {
        HandledErrors errors = new HandledErrors();
        try (TestNode node = TestNode.open(database, CONFIG, database.dataSource(), errors)) {
            TemplateFixture template = node.template("slow", "a", "b:a");
            HandDrivenWorker worker = slow(node, 1, false);
            UUID task = node.create(template);
            Assignment first = worker.next("a");
            worker.session().heartbeat();

            assertThat(worker.nextLost()).isEqualTo(first);
            StepView step = node.step(task, "a");
            assertThat(step.state()).isEqualTo(StepState.WAITING_FOR_RETRY);
            assertThat(step.attempts()).isEqualTo(1);
            assertThat(step.nextRetryAt()).isEqualTo(step.updatedAt().plusSeconds(2));
            assertThat(step.backoffRequestSeconds()).isEqualTo(2);
            assertThat(step.result())
                    .contains("\"error_type\":\"handler_timeout\"", "\"message\":\"Handler timed out after 60ms\"")
                    .contains("\"handler_name\":\"a\"", "\"timeout_ms\":60", "\"task_uuid\":\"" + task)
                    .contains("\"retryable\":true");
            assertThat(node.task(task).state()).isEqualTo(TaskState.WAITING_FOR_RETRY);
            ErrorHandling handling = errors.next();
            assertThat(handling.stepUuid()).isEqualTo(first.stepUuid());
            assertThat(handling.action()).isEqualTo(ErrorAction.TRANSITIONED_TO_WAITING_FOR_RETRY);
            assertThat(handling.finalState()).isEqualTo("waiting_for_retry");
            assertThat(handling.backoff()).isEqualTo(ofSeconds(2));
            assertThat(handling.classificationSummary()).startsWith("Retryable error (Timeout): ");

            assertThat(worker.succeed(first, "\"late\"")).isEqualTo(Completion.STALE_LEASE);
            database.advance(ofSeconds(2));
            Assignment second = worker.next("a");
            assertThat(second.attempt()).as("in the slot that came back").isEqualTo(2);
            assertThat(second.step().previousResult()).contains("handler_timeout");
            worker.succeed(second, "1");
            worker.run("b");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(database.query(
                            "SELECT count(*) FROM tasker.workflow_step_result_audit WHERE task_uuid = ?", task))
                    .as("results of workers")
                    .containsExactly("2");
        }
    }

    @Test
    void sessionInThisProcessIsHeldToTheTimeToo(TestDatabase database) {
        try (TestNode node = TestNode.open(database, CONFIG)) {
            TemplateFixture template = node.template("selfish", "a");
            HandDrivenWorker worker = slow(node, 1, true);
            UUID task = node.create(template);
            Assignment first = worker.next();
            assertThat(worker.nextLost()).isEqualTo(first);
            assertThat(node.states(task)).containsExactly("a=waiting_for_retry");
            assertThat(node.engine().metrics().freeSlots()).isEqualTo(1);
            assertThat(node.engine().metrics().heldLeases()).isZero();
        }
    }

    @Test
    void lastAttemptOutOfTimeIsAnError(TestDatabase database) throws Exception {
        HandledErrors errors = new HandledErrors();
        try (TestNode node = TestNode.open(database, CONFIG, database.dataSource(), errors)) {
            TemplateFixture template =
                    node.register(node.draft("last").step("a", "retry: {max_attempts: 2, backoff: none}"));
            HandDrivenWorker worker = slow(node, 1, false);
            UUID task = node.create(template);
            Assignment first = worker.next();
            assertThat(worker.nextLost()).isEqualTo(first);
            Assignment second = worker.next();
            assertThat(worker.nextLost()).isEqualTo(second);
            assertThat(node.states(task)).containsExactly("a=error");
            assertThat(node.task(task).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
            assertThat(errors.next().action()).isEqualTo(ErrorAction.TRANSITIONED_TO_WAITING_FOR_RETRY);
            assertThat(errors.next().action()).isEqualTo(ErrorAction.MARKED_AS_ERROR);
        }
    }

    @Test
    void stepThatMayNotBeRetriedFailsWhenItsTimeIsUp(TestDatabase database) {
        try (TestNode node = TestNode.open(database, CONFIG)) {
            TemplateFixture template = node.register(node.draft("once").step("a", "retry: {retryable: false}"));
            HandDrivenWorker worker = slow(node, 1, false);
            UUID task = node.create(template);
            assertThat(worker.nextLost()).isEqualTo(worker.next());
            assertThat(node.states(task)).containsExactly("a=error");
        }
    }

    @Test
    void stepsOwnLimitCountsBeforeTheWorkersAndZeroIsNone(TestDatabase database) {
        try (TestNode node = TestNode.open(database, CONFIG)) {
            TemplateFixture template = node.register(node.draft("limits")
                    .step("endless", "timeout_seconds: 0")
                    .step("minute", "timeout_seconds: 60")
                    .step("brief", "brief, initialization: {timeout_ms: 20}", List.of(), "timeout_seconds: 60")
                    .step("silent", ""));
            HandDrivenWorker worker = slow(node, 4, false);
            UUID task = node.create(template);
            Assignments held = worker.next(4);
            assertThat(List.of(worker.nextLost(), worker.nextLost()))
                    .containsExactly(held.of("brief"), held.of("silent"));
            assertThat(node.states(task))
                    .containsExactly(
                            "endless=in_progress",
                            "minute=in_progress",
                            "brief=waiting_for_retry",
                            "silent=waiting_for_retry");
        }
    }

    @Test
    void workerWithoutALimitIsLeftAlone(TestDatabase database) {
        try (TestNode node = TestNode.open(database, CONFIG)) {
            TemplateFixture template = node.template("patient", "a");
            HandDrivenWorker patient = node.worker(1);
            UUID first = node.create(template);
            Assignment kept = patient.next();
            HandDrivenWorker impatient = slow(node, 1, false);
            UUID second = node.create(template.request("{\"n\":2}"));
            assertThat(impatient.nextLost()).isEqualTo(impatient.next());
            assertThat(node.states(first)).containsExactly("a=in_progress");
            assertThat(node.states(second)).containsExactly("a=waiting_for_retry");
            assertThat(patient.succeed(kept, "1")).isEqualTo(Completion.ACCEPTED);
        }
    }

    @Test
    void resultThatReachedALaneInTimeCounts(TestDatabase database) throws Exception {
        FaultyDataSource direct = new FaultyDataSource(database.dataSource());
        try (TestNode node = TestNode.open(database, CONFIG, direct, EngineListener.NONE)) {
            TemplateFixture template = node.template("close", "a");
            HandDrivenWorker worker = slow(node, 1, false);
            UUID task = node.create(template);
            Assignment assignment = worker.next();
            Fault parked = direct.on("complete_steps", Kind.PARK_BEFORE);
            var answer = worker.session().complete(assignment, StepResult.success("1"));
            parked.awaitStruck(ofSeconds(8));
            Eventually.get(
                    "the end that waits behind it",
                    () -> node.engine().metrics().lanes().stream()
                            .mapToInt(lane -> lane.depth())
                            .sum(),
                    depth -> depth > 0);
            parked.release();
            assertThat(HandDrivenWorker.answer(answer)).isEqualTo(Completion.ACCEPTED);
            assertThat(node.states(task)).containsExactly("a=complete");
            UUID next = node.create(template.request("{\"n\":2}"));
            worker.run("a");
            assertThat(node.states(next)).containsExactly("a=complete");
        }
    }

    @Test
    void resultOnItsWayWhenTheTimeIsUpIsStaleAndItsSlotComesBackOnce(TestDatabase database) throws Exception {
        FaultyDataSource direct = new FaultyDataSource(database.dataSource());
        try (TestNode node = TestNode.open(database, CONFIG, direct, EngineListener.NONE)) {
            TemplateFixture template = node.template("tardy", "a");
            HandDrivenWorker worker = slow(node, 1, false);
            node.create(template);
            Fault parked = direct.on("time_out_steps", Kind.PARK_BEFORE);
            Assignment assignment = worker.next();
            parked.awaitStruck(ofSeconds(8));
            var answer = worker.session().complete(assignment, StepResult.success("1"));
            parked.release();
            assertThat(HandDrivenWorker.answer(answer)).isEqualTo(Completion.STALE_LEASE);
            Eventually.equals("free slots", 1, () -> node.engine().metrics().freeSlots());
            assertThat(node.engine().metrics().heldLeases()).isZero();
        }
    }

    @Test
    void lostAnswerIsToldByTheNextHeartbeat(TestDatabase database) throws Exception {
        FaultyDataSource direct = new FaultyDataSource(database.dataSource());
        try (TestNode node = TestNode.open(database, CONFIG, direct, EngineListener.NONE)) {
            TemplateFixture template = node.template("unheard", "a");
            HandDrivenWorker worker = slow(node, 1, false);
            UUID task = node.create(template);
            Fault lost = direct.on("time_out_steps", Kind.LOSE_ANSWER);
            Assignment assignment = worker.next();
            lost.awaitStruck(ofSeconds(8));
            Eventually.equals("the steps", List.of("a=waiting_for_retry"), () -> node.states(task));
            worker.session().heartbeat();
            assertThat(worker.nextLost()).isEqualTo(assignment);
            Eventually.equals("free slots", 1, () -> node.engine().metrics().freeSlots());
        }
    }

    @Test
    void leaseOfANodeThatDiedRunsOutInstead(TestDatabase database) {
        TestNode dying = TestNode.open(database, CONFIG);
        TemplateFixture template = dying.template("orphan", "a");
        HandDrivenWorker worker;
        UUID task;
        Assignment first;
        try (dying) {
            worker = slow(dying, 1, false);
            task = dying.create(template);
            first = worker.next();
        }
        try (TestNode other = dying.another(CONFIG)) {
            HandDrivenWorker taker = other.worker(1);
            assertThat(taker.poll(150)).as("nobody there knows its time").isNull();
            other.runOut(worker);
            Assignment second = taker.next();
            assertThat(second.attempt()).isEqualTo(2);
            assertThat(second.step().previousResult()).contains("lease_expired");
            assertThat(taker.report(first.stepUuid(), first.leaseToken(), StepResult.success("1")))
                    .isEqualTo(Completion.STALE_LEASE);
            assertThat(taker.succeed(second, "1")).isEqualTo(Completion.ACCEPTED);
            assertThat(other.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }
}
