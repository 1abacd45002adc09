package dev.tasker.testkit.engine;

import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Leases: how they end without a result, and how they last (04 §9.6). */
@ExtendWith(DatabaseExtension.class)
class LeaseTest {

    @Test
    void stepOfASilentWorkerGoesToAnotherWithoutDelay(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("silent", "a", "b:a");
            HandDrivenWorker silent = node.worker(1);
            UUID task = node.create(template);
            Assignment first = silent.next("a");
            HandDrivenWorker other = node.worker(1);
            node.runOut(silent);
            Assignment second = other.next("a");
            assertThat(second.attempt()).as("the lost attempt counts").isEqualTo(2);
            assertThat(second.leaseToken()).isGreaterThan(first.leaseToken());
            assertThat(second.step().previousResult()).contains("\"error_type\":\"lease_expired\"");

            assertThat(silent.succeed(first, "\"late\"")).isEqualTo(Completion.STALE_LEASE);
            assertThat(node.states(task)).containsExactly("a=in_progress", "b=pending");
            other.succeed(second, "1");
            other.run("b");
            assertThat(node.step(task, "a").result()).doesNotContain("late");
            assertThat(database.query(
                            "SELECT from_state, to_state, metadata->>'via' FROM tasker.workflow_step_transitions"
                                    + " WHERE workflow_step_uuid = ? ORDER BY sort_key OFFSET 1 LIMIT 1",
                            first.stepUuid()))
                    .containsExactly("in_progress enqueued [\"waiting_for_retry\", \"pending\"]".replace(", ", ","));
        }
    }

    @Test
    void leaseRunsOutByTheDatabaseClock(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("clock", "a");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignment first = worker.next();
            database.advance(TestNode.LEASE.plus(ofMinutes(1)));
            Eventually.equals("the steps", List.of("a=enqueued"), () -> node.states(task));
            assertThat(worker.succeed(first, "1")).isEqualTo(Completion.STALE_LEASE);
            Assignment second = worker.next();
            assertThat(second.attempt()).isEqualTo(2);
            assertThat(worker.succeed(second, "2")).isEqualTo(Completion.ACCEPTED);
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void silentWorkerIsGivenNothingBeforeItsNextSignOfLife(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("mute", "a");
            HandDrivenWorker worker = node.worker(5);
            UUID task = node.create(template);
            Assignment first = worker.next();
            node.runOut(worker);
            Eventually.equals("the steps", List.of("a=enqueued"), () -> node.states(task));
            UUID other = node.create(template.request("{\"n\":2}"));
            assertThat(worker.poll(200)).as("work for a silent worker").isNull();
            assertThat(node.step(task, "a").attempts()).as("not used up").isEqualTo(1);
            assertThat(node.states(other)).containsExactly("a=enqueued");

            worker.session().heartbeat();
            assertThat(worker.nextLost()).isEqualTo(first);
            assertThat(worker.next(2).all()).extracting(Assignment::attempt).containsExactlyInAnyOrder(2, 1);
        }
    }

    @Test
    void sessionThatRanOutIsGivenNothingWhileTheGraceLasts(TestDatabase database) {
        LeaseConfig leases = new LeaseConfig(Duration.ofMillis(300), Duration.ofMillis(100), Duration.ofSeconds(60));
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withLeases(leases))) {
            TemplateFixture template = node.template("late", "a", "b:a");
            SessionRequest request =
                    new SessionRequest("w", List.of(new HandlerKey(node.namespace(), HandlerKey.ANY)), false);
            try (HandDrivenWorker worker = HandDrivenWorker.open(node.engine(), request)) {
                worker.grant(10_000);
                UUID task = node.create(template);
                Assignment first = worker.next("a");
                AtomicInteger order = new AtomicInteger();
                UUID waiting = Eventually.get(
                        "a task that is not for the silent worker",
                        () -> node.create(template.request("{\"n\":" + order.incrementAndGet() + "}")),
                        created -> node.states(created).getFirst().equals("a=enqueued"));

                assertThat(worker.succeed(first, "1")).as("within the grace").isEqualTo(Completion.ACCEPTED);
                assertThat(node.states(task)).as("no successor either").containsExactly("a=complete", "b=enqueued");
                assertThat(node.step(waiting, "a").attempts()).isZero();

                worker.session().heartbeat();
                Eventually.equals("served again", List.of("a=in_progress", "b=pending"), () -> node.states(waiting));
            }
        }
    }

    @Test
    void stepThatComesBackToItsSessionIsDeliveredAgain(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("boomerang", "a");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignment first = worker.next();
            TestNode second = node.another(); // takes the step back without the session's node knowing
            try (second) {
                node.runOut(worker);
                Eventually.equals("the steps", List.of("a=enqueued"), () -> node.states(task));
                worker.session().heartbeat();
                Assignment again = worker.next();
                assertThat(again.attempt()).isEqualTo(2);
                assertThat(worker.nextLost()).isEqualTo(first);
                assertThat(worker.succeed(first, "1")).isEqualTo(Completion.STALE_LEASE);
                assertThat(worker.succeed(again, "1")).isEqualTo(Completion.ACCEPTED);
                assertThat(node.engine().metrics().freeSlots()).isEqualTo(2);
            }
        }
    }

    @Test
    void heartbeatKeepsTheLease(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("alive", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment assignment = worker.next();
            for (int i = 0; i < 3; i++) {
                database.advance(ofMinutes(45));
                worker.session().heartbeat();
                Eventually.equals("the lease", "t", () -> leftOf(database, worker, ofMinutes(50)));
            }
            assertThat(worker.succeed(assignment, "1")).isEqualTo(Completion.ACCEPTED);
            assertThat(node.step(task, "a").attempts()).isEqualTo(1);
        }
    }

    @Test
    void sessionInThisProcessRenewsItself(TestDatabase database) {
        LeaseConfig leases = new LeaseConfig(Duration.ofMillis(1500), Duration.ofMillis(50), Duration.ZERO);
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withLeases(leases))) {
            TemplateFixture template = node.template("selfish", "a");
            SessionRequest request =
                    new SessionRequest("w", List.of(new HandlerKey(node.namespace(), HandlerKey.ANY)), true);
            try (HandDrivenWorker worker = HandDrivenWorker.open(node.engine(), request)) {
                worker.grant(1);
                UUID task = node.create(template);
                Assignment assignment = worker.next();
                String sql = "SELECT expires_at > created_at + interval '2.2 s' FROM tasker.worker_sessions"
                        + " WHERE session_uuid = ?";
                Eventually.equals("renewed", List.of("t"), () -> database.query(sql, worker.uuid()));
                assertThat(worker.succeed(assignment, "1")).isEqualTo(Completion.ACCEPTED);
                assertThat(node.step(task, "a").attempts()).isEqualTo(1);
            }
        }
    }

    @Test
    void workerIsToldOfALostLeaseByItsNextHeartbeat(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("told", "a");
            HandDrivenWorker worker = node.worker(1, "a");
            node.create(template);
            Assignment assignment = worker.next();
            HandDrivenWorker other = node.worker(1, "a");
            node.runOut(worker);
            Assignment second = other.next();
            worker.session().heartbeat();
            assertThat(worker.nextLost()).isEqualTo(assignment);
            assertThat(node.engine().metrics().heldLeases()).isEqualTo(1);
            assertThat(worker.succeed(assignment, "1")).isEqualTo(Completion.STALE_LEASE);
            other.succeed(second, "1");
            other.session().drain();
            node.create(template.request("{\"next\":1}"));
            assertThat(worker.next().attempt())
                    .as("in the slot of the lost lease")
                    .isEqualTo(1);
        }
    }

    @Test
    void expiryOfTheLastAttemptIsAnError(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(
                    node.draft("last").step("a", "retry: {max_attempts: 2}").step("b:a", ""));
            UUID task = node.create(template);
            HandDrivenWorker first = node.worker(1);
            Assignment one = first.next();
            node.runOut(first);
            HandDrivenWorker second = node.worker(1);
            // the session that was silent still has its slot taken: only the second one may be given the step
            Assignment two = second.next();
            assertThat(two.attempt()).isEqualTo(2);
            node.runOut(second);
            Eventually.equals(
                    "the task",
                    TaskState.BLOCKED_BY_FAILURES,
                    () -> node.task(task).state());
            StepView step = node.step(task, "a");
            assertThat(step.state()).isEqualTo(StepState.ERROR);
            assertThat(step.attempts()).isEqualTo(2);
            assertThat(step.result()).contains("lease_expired");
            assertThat(first.succeed(one, "1")).isEqualTo(Completion.STALE_LEASE);
            assertThat(second.succeed(two, "1")).isEqualTo(Completion.STALE_LEASE);
        }
    }

    @Test
    void expiryOfAStepThatMayNotBeRetriedIsAnErrorAtOnce(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("once").step("a", "retry: {retryable: false}"));
            UUID task = node.create(template);
            HandDrivenWorker worker = node.worker(1);
            worker.next();
            node.runOut(worker);
            Eventually.equals("the steps", List.of("a=error"), () -> node.states(task));
        }
    }

    @Test
    void expiryInABlockedTaskWaitsForTheRepair(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("held", "a", "b");
            UUID task = node.create(template);
            HandDrivenWorker a = node.worker(1, "a");
            HandDrivenWorker b = node.worker(1, "b");
            Assignment held = a.next();
            b.failForGood(b.next());
            node.runOut(a);
            Eventually.equals("the steps", List.of("a=waiting_for_retry", "b=error"), () -> node.states(task));
            assertThat(a.succeed(held, "1")).isEqualTo(Completion.STALE_LEASE);
            assertThat(node.step(task, "a").attempts()).isEqualTo(1);
        }
    }

    @Test
    void rejectedStepIsOfferedAgainWithItsAttemptRefunded(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("refund", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment first = worker.next();
            assertThat(worker.reject(first)).isEqualTo(Completion.ACCEPTED);
            Assignment second = worker.next();
            assertThat(second.attempt()).isEqualTo(1);
            assertThat(second.leaseToken()).isGreaterThan(first.leaseToken());
            assertThat(second.step().previousResult()).isNull();
            assertThat(worker.reject(first)).as("again").isEqualTo(Completion.STALE_LEASE);
            assertThat(worker.succeed(first, "1")).as("afterwards").isEqualTo(Completion.STALE_LEASE);
            worker.succeed(second, "1");
            assertThat(worker.reject(second)).as("after its result").isEqualTo(Completion.STALE_LEASE);
            assertThat(node.step(task, "a").attempts()).isEqualTo(1);
        }
    }

    @Test
    void rejectionsNeverUseUpTheAttempts(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("picky").step("a", "retry: {max_attempts: 1}"));
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            for (int i = 0; i < 5; i++) {
                assertThat(worker.reject(worker.next())).isEqualTo(Completion.ACCEPTED);
            }
            worker.succeed(worker.next(), "1");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void closedSessionGivesItsStepsBackAtOnce(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("closed", "a");
            HandDrivenWorker leaving = node.worker(1);
            UUID task = node.create(template);
            Assignment first = leaving.next();
            HandDrivenWorker staying = node.worker(1);
            leaving.close();
            Assignment second = staying.next();
            assertThat(second.stepUuid()).isEqualTo(first.stepUuid());
            assertThat(second.attempt()).isEqualTo(2);
            staying.succeed(second, "1");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void leaseOutlivesItsNodeAndItsResultCountsOnAnother(TestDatabase database) {
        TestNode first = TestNode.open(database);
        TemplateFixture template = first.template("restart", "a", "b:a");
        UUID task;
        Assignment assignment;
        try (first) {
            HandDrivenWorker worker = first.worker(1);
            task = first.create(template);
            assignment = worker.next("a");
        }
        try (TestNode second = first.another()) {
            HandDrivenWorker worker = second.worker(1);
            assertThat(worker.poll(150)).as("still leased").isNull();
            assertThat(worker.report(assignment.stepUuid(), assignment.leaseToken(), StepResult.success("\"kept\"")))
                    .isEqualTo(Completion.ACCEPTED);
            Assignment next = worker.next("b");
            assertThat(next.dependencyResults().get("a")).contains("kept");
            worker.succeed(next, "1");
            assertThat(second.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void failureOfALeaseKnownOnlyByNameFollowsTheTemplate(TestDatabase database) {
        TestNode first = TestNode.open(database);
        TemplateFixture template = first.register(first.draft("renamed")
                .step(
                        "a",
                        "retry: {max_attempts: 9, backoff: linear, backoff_base_ms: 70000, max_backoff_ms: 900000}"));
        UUID task;
        Assignment assignment;
        try (first) {
            HandDrivenWorker worker = first.worker(1);
            task = first.create(template);
            worker.failRetryably(worker.next());
            database.advance(ofMinutes(3));
            assignment = worker.next();
        }
        try (TestNode second = first.another()) {
            HandDrivenWorker worker = second.worker(1);
            worker.report(assignment.stepUuid(), assignment.leaseToken(), Results.retryable());
            assertThat(second.step(task, "a").backoffRequestSeconds()).isEqualTo(140);
        }
    }

    private static String leftOf(TestDatabase database, HandDrivenWorker worker, Duration atLeast) {
        return database.query(
                        "SELECT expires_at > tasker.engine_now() + ? * interval '1 s' FROM tasker.worker_sessions"
                                + " WHERE session_uuid = ?",
                        atLeast.toSeconds(),
                        worker.uuid())
                .getFirst();
    }
}
