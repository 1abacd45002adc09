package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.Operator;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Steps whose callable a worker registered without having a handler for it (04 §9.6). */
@ExtendWith(DatabaseExtension.class)
class UnhandledStepTest {
    /** Whoever gives a step back for want of a handler is not served from its queue for twenty minutes. */
    private static final EngineConfig PATIENT =
            TestNode.CONFIG.withLeases(new LeaseConfig(Duration.ofHours(1), Duration.ofMinutes(20), Duration.ZERO));

    private static final String LEFT = """
        SELECT count(*)::text FROM tasker.session_handlers JOIN tasker.worker_sessions USING (session_id)
        WHERE  session_uuid IN (?, ?)
        """;

    @Test
    void stepThatTheOnlyWorkerHasNoHandlerForFailsForGood(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.register(node.draft("alone").step("a", "pay", List.of(), "retry: {max_attempts: 5}"));
            HandDrivenWorker worker = node.worker(1, "pay");
            UUID task = node.create(template);

            assertThat(worker.unhandled(worker.next())).isEqualTo(Completion.ACCEPTED);

            assertThat(node.step(task, "a").state()).isEqualTo(StepState.ERROR);
            assertThat(node.step(task, "a").attempts()).isEqualTo(1);
            assertThat(node.step(task, "a").result())
                    .contains("Handler not found: pay (registered, and yet missing, at every worker there is: worker)")
                    .contains("\"error_type\":\"handler_not_found\"")
                    .contains("\"retryable\":false");
            assertThat(node.task(task).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
        }
    }

    @Test
    void stepGoesToTheOtherWorkerAndNotBackToTheOneWithoutItsHandler(TestDatabase database) {
        try (TestNode node = TestNode.open(database, PATIENT)) {
            TemplateFixture template = node.template("other", "a");
            HandDrivenWorker without = node.worker(1);
            UUID task = node.create(template);
            Assignment given = without.next();
            HandDrivenWorker busy = node.worker(0);

            assertThat(without.unhandled(given)).isEqualTo(Completion.ACCEPTED);

            assertThat(without.poll(300)).as("the step again").isNull();
            assertThat(node.step(task, "a").state()).isEqualTo(StepState.ENQUEUED);
            Assignment taken = busy.grant(1).next();
            assertThat(taken.attempt()).isEqualTo(1);
            assertThat(busy.succeed(taken, "1")).isEqualTo(Completion.ACCEPTED);
        }
    }

    @Test
    void workerWithoutTheHandlerIsAskedAgainWhileTheOneThatHasItIsBusy(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("again", "a");
            HandDrivenWorker without = node.worker(1);
            HandDrivenWorker busy = node.worker(0);
            UUID task = node.create(template);
            for (int i = 0; i < 3; i++) {
                assertThat(without.unhandled(without.next())).isEqualTo(Completion.ACCEPTED);
            }
            assertThat(node.step(task, "a").state()).isIn(StepState.ENQUEUED, StepState.IN_PROGRESS);
            Assignment last = without.next();
            busy.close();
            Eventually.equals("those left", List.of("1"), () -> database.query(LEFT, without.uuid(), busy.uuid()));
            assertThat(without.unhandled(last)).isEqualTo(Completion.ACCEPTED);
            assertThat(node.step(task, "a").state()).isEqualTo(StepState.ERROR);
        }
    }

    /** Every heartbeat interval, here 33 ms, would be more than forty times. */
    @Test
    void workerWithoutTheHandlerIsAskedLessAndLessOften(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("rarely", "a");
            HandDrivenWorker without = node.worker(1);
            HandDrivenWorker busy = node.worker(0);
            node.create(template);
            long end = System.nanoTime() + Duration.ofMillis(1_500).toNanos();
            int asked = 0;
            for (long left = 1_500;
                    left > 0;
                    left = Duration.ofNanos(end - System.nanoTime()).toMillis()) {
                Assignment given = without.poll(left);
                if (given != null) {
                    asked++;
                    assertThat(without.unhandled(given)).isEqualTo(Completion.ACCEPTED);
                }
            }

            assertThat(asked).isBetween(4, 7);
            without.close(); // with the step, should it be asked right now
            assertThat(busy.grant(1).run("a").attempt()).isEqualTo(1);
        }
    }

    @Test
    void workersOfOtherNodesAreAskedBeforeTheStepFails(TestDatabase database) {
        try (TestNode node = TestNode.open(database, PATIENT);
                TestNode other = node.another(PATIENT)) {
            TemplateFixture template = node.template("nodes", "a");
            HandDrivenWorker here = node.worker(1);
            HandDrivenWorker there = other.worker(0);
            UUID task = node.create(template);
            assertThat(here.unhandled(here.next())).isEqualTo(Completion.ACCEPTED);
            assertThat(node.step(task, "a").state()).isEqualTo(StepState.ENQUEUED);

            assertThat(there.unhandled(there.grant(1).next())).isEqualTo(Completion.ACCEPTED);

            assertThat(node.step(task, "a").state()).isEqualTo(StepState.ERROR);
        }
    }

    @Test
    void workerThatDrainsSaysNothingAboutThoseToCome(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("drains", "a");
            HandDrivenWorker leaving = node.worker(1);
            UUID task = node.create(template);
            Assignment given = leaving.next();
            leaving.session().drain();

            assertThat(leaving.unhandled(given)).isEqualTo(Completion.ACCEPTED);

            assertThat(node.step(task, "a").state()).isEqualTo(StepState.ENQUEUED);
            assertThat(node.worker(1).next().attempt()).isEqualTo(1);
        }
    }

    @Test
    void repairedStepIsOfferedToANewWorker(TestDatabase database) {
        try (TestNode node = TestNode.open(database, PATIENT)) {
            TemplateFixture template = node.template("repaired", "a");
            HandDrivenWorker without = node.worker(1);
            UUID task = node.create(template);
            Assignment given = without.next();
            without.unhandled(given);
            HandDrivenWorker with = node.worker(1);

            StepAction reset = new StepAction.ResetForRetry("deployed", new Operator("alice", "sub-1"), false);
            assertThat(HandDrivenWorker.answer(node.engine().operate(task, given.stepUuid(), reset)))
                    .isInstanceOf(ActionOutcome.Done.class);

            with.run("a");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void lateWordAboutAStepThatMovedOnChangesNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("late", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment done = worker.run("a");

            assertThat(worker.unhandled(done)).isIn(Completion.DUPLICATE, Completion.STALE_LEASE);

            assertThat(node.step(task, "a").state()).isEqualTo(StepState.COMPLETE);
        }
    }
}
