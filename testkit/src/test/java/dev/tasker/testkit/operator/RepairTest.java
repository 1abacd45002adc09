package dev.tasker.testkit.operator;

import static dev.tasker.testkit.operator.Actions.complete;
import static dev.tasker.testkit.operator.Actions.done;
import static dev.tasker.testkit.operator.Actions.reset;
import static dev.tasker.testkit.operator.Actions.resolve;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.ActionOutcome.Refused;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.Assignments;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A task goes on by itself once its steps are repaired (01 §5.5). */
@ExtendWith(DatabaseExtension.class)
class RepairTest {
    private static final String STATES =
            "SELECT from_state, metadata->>'via', to_state FROM tasker.task_transitions WHERE task_uuid = ? ORDER BY"
                    + " sort_key DESC LIMIT 1";

    @Test
    void blockedTaskStartsWhatItWithheld(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("withheld", "a", "b", "c:b", "d:a,c");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignments running = worker.next(2);
            worker.failForGood(running.of("a"));
            worker.succeed(running.of("b"), "1");
            assertThat(node.states(task)).containsExactly("a=error", "b=complete", "c=pending", "d=pending");

            done(node, task, "a", reset());

            assertThat(database.query(STATES, task))
                    .containsExactly(
                            "blocked_by_failures [\"evaluating_results\",\"enqueuing_steps\"] steps_in_process");
            Assignments again = worker.next(2);
            assertThat(again.names()).containsExactlyInAnyOrder("a", "c");
            again.all().forEach(assignment -> worker.succeed(assignment, "1"));
            worker.run("d");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void taskStaysBlockedUntilItsLastStepInErrorIsRepaired(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("two", "a", "b", "c:a", "d:b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            worker.next(2).all().forEach(worker::failForGood);

            done(node, task, "a", resolve());
            assertThat(node.task(task).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
            assertThat(node.states(task)).containsExactly("a=resolved_manually", "b=error", "c=pending", "d=pending");
            assertThat(worker.poll(100)).as("work of a blocked task").isNull();

            done(node, task, "b", reset());
            assertThat(worker.next(2).names()).containsExactlyInAnyOrder("b", "c");
        }
    }

    @Test
    void resetStepOfATaskThatStaysBlockedWaitsWithTheOthers(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("later", "a", "b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            worker.next(2).all().forEach(worker::failForGood);

            done(node, task, "a", reset());
            assertThat(node.states(task)).containsExactly("a=pending", "b=error");
            assertThat(worker.poll(100)).as("work of a blocked task").isNull();

            done(node, task, "b", complete("1"));
            worker.run("a");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void retryThatFellDueWhileItsTaskWasBlockedStartsWithTheRepair(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("due", "a", "b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignments running = worker.next(2);
            worker.report(running.of("a"), Results.retryAfter(ofSeconds(40)));
            worker.failForGood(running.of("b"));
            database.advance(ofSeconds(60));
            Eventually.get(
                    "the timer", () -> database.query("SELECT count(*) FROM tasker.timers"), List.of("0")::equals);
            assertThat(node.states(task)).containsExactly("a=waiting_for_retry", "b=error");

            done(node, task, "b", resolve());

            assertThat(worker.next("a").attempt()).isEqualTo(2);
            assertThat(node.task(task).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
        }
    }

    @Test
    void retryNotYetDueKeepsItsTimeAndIsGivenATimerIfItHasNone(TestDatabase database) {
        for (boolean missing : List.of(true, false)) {
            try (TestNode node = TestNode.open(database)) {
                TemplateFixture template = node.template("timer", "a", "b");
                HandDrivenWorker worker = node.worker(2);
                UUID task = node.create(template);
                Assignments running = worker.next(2);
                worker.report(running.of("a"), Results.retryAfter(ofSeconds(100)));
                worker.failForGood(running.of("b"));
                if (missing) {
                    database.query("DELETE FROM tasker.timers WHERE task_uuid = ? RETURNING 1", task);
                }

                done(node, task, "b", resolve());

                assertThat(database.query(STATES, task))
                        .containsExactly("blocked_by_failures [\"evaluating_results\"] waiting_for_retry");
                database.advance(ofSeconds(50));
                assertThat(worker.poll(100)).as("before its time").isNull();
                database.advance(ofSeconds(50));
                worker.run("a");
                assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            }
        }
    }

    @Test
    void attemptWhoseLeaseRanOutInABlockedTaskStartsWithTheRepair(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("dead", "a", "b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            worker.failForGood(worker.next(2).of("b"));
            node.runOut(worker);
            Eventually.get("expiry", () -> node.states(task), List.of("a=waiting_for_retry", "b=error")::equals);

            done(node, task, "b", resolve());

            assertThat(node.worker(1).next("a").attempt()).isEqualTo(2);
        }
    }

    @Test
    void taskWhoseLastStepIsDoneByHandIsComplete(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("last", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.run("a");
            worker.failForGood(worker.next("b"));

            done(node, task, "b", complete("1"));

            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(database.query(STATES, task))
                    .containsExactly("blocked_by_failures [\"evaluating_results\"] complete");
        }
    }

    @Test
    void stepDoneByHandBeforeItsTimeIsNotStartedAndCountsAtOnce(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("early", "a", "b:a", "c:a,b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignment running = worker.next("a");
            done(node, task, "b", complete("\"early\""));
            assertThat(node.states(task)).containsExactly("a=in_progress", "b=complete", "c=pending");

            worker.succeed(running, "1");

            assertThat(worker.next("c").dependencyResults()).containsOnlyKeys("a", "b");
            assertThat(node.step(task, "b").completedParents()).isEqualTo(1);
        }
    }

    @Test
    void taskWaitingForARetryGoesOnWhenTheStepIsDoneByHand(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("wait", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.report(worker.next("a"), Results.retryAfter(ofSeconds(60)));

            done(node, task, "a", complete("1"));
            assertThat(database.query(STATES, task))
                    .containsExactly("waiting_for_retry [\"evaluating_results\",\"enqueuing_steps\"] steps_in_process");
            worker.report(worker.next("b"), Results.retryAfter(ofSeconds(60)));
            done(node, task, "b", resolve());

            assertThat(database.query(STATES, task))
                    .containsExactly("waiting_for_retry [\"evaluating_results\"] complete");
            assertThat(database.query("SELECT count(*) FROM tasker.timers WHERE task_uuid = ?", task))
                    .containsExactly("0");
        }
    }

    /** Given up from a state that no sweep judges. */
    private static void giveUp(TestDatabase database, UUID task) {
        database.query(
                "SELECT failed FROM tasker.dead_letter_tasks(ARRAY[?]::uuid[], '{manual_dlq}', '{null}', '{null}',"
                        + " '{0}', '{false}', '{true}', '{null}')",
                task);
    }

    @Test
    void taskGivenUpBeginsAnewOnceNoStepIsInError(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("given_up", "a", "b", "c:a,b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            worker.next(2).all().forEach(worker::failForGood);
            giveUp(database, task);

            done(node, task, "a", reset());
            assertThat(node.task(task).state()).isEqualTo(TaskState.ERROR);
            assertThat(worker.poll(100)).as("work of a task given up").isNull();
            done(node, task, "b", resolve());

            assertThat(database.query(STATES, task))
                    .containsExactly("error [\"pending\",\"initializing\",\"enqueuing_steps\"] steps_in_process");
            worker.run("a");
            worker.run("c");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void taskGivenUpCanBeCompleteAtOnceOrWaitForItsRetries(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("given_up", "a", "b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignments running = worker.next(2);
            worker.report(running.of("a"), Results.retryAfter(ofSeconds(60)));
            worker.failForGood(running.of("b"));
            giveUp(database, task);
            done(node, task, "b", reset());
            worker.failForGood(worker.next("b"));
            giveUp(database, task);
            done(node, task, "b", resolve());
            assertThat(database.query(STATES, task))
                    .containsExactly("error [\"pending\",\"initializing\",\"waiting_for_dependencies\","
                            + "\"evaluating_results\"] waiting_for_retry");

            database.advance(ofSeconds(60));
            worker.failForGood(worker.next("a"));
            giveUp(database, task);
            done(node, task, "a", complete("1"));
            assertThat(database.query(STATES, task)).containsExactly("error [\"pending\",\"initializing\"] complete");
        }
    }

    @Test
    void stepsOfATaskClosedByHandAreLeftAsTheyAre(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("closed", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.failForGood(worker.next("a"));
            giveUp(database, task);
            database.query("""
                WITH task AS (
                  UPDATE tasker.tasks SET state = tasker.task_state('resolved_manually'), version = version + 1 WHERE task_uuid = ?
                  RETURNING task_uuid, version)
                INSERT INTO tasker.task_changes (task_uuid, sort_key, from_state, to_state, cause, created_at, detail)
                SELECT task_uuid, version, tasker.task_state('error'), tasker.task_state('resolved_manually'),
                       tasker.cause('operator'), tasker.engine_now(), '{}'
                FROM   task RETURNING 1
                """, task);
            for (var action : List.of(reset(), resolve(), complete("1"))) {
                ActionOutcome outcome = Actions.act(node, task, "a", action);
                assertThat(outcome)
                        .isEqualTo(new Refused(
                                ErrorCode.Kind.CONFLICT, "Cannot manually resolve step: task is resolved_manually"));
            }
            assertThat(node.states(task)).containsExactly("a=error");
        }
    }

    @Test
    void manyStepsOfManyTasksAreRepairedAtOnce(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("many")
                    .with("identity_strategy: always_unique")
                    .step("a", "")
                    .step("b", "")
                    .step("c:a,b", ""));
            HandDrivenWorker worker = node.worker(2);
            List<UUID> tasks = java.util.stream.IntStream.range(0, 20)
                    .mapToObj(_ -> node.create(template))
                    .toList();
            for (int i = 0; i < 20; i++) {
                worker.next(2).all().forEach(worker::failForGood);
            }
            var answers = tasks.stream()
                    .flatMap(task -> List.of("a", "b").stream()
                            .map(step -> node.engine()
                                    .operate(
                                            task,
                                            node.step(task, step).stepUuid(),
                                            step.equals("a") ? resolve() : reset())))
                    .toList();
            answers.forEach(
                    answer -> assertThat(HandDrivenWorker.answer(answer)).isEqualTo(new ActionOutcome.Done()));
            for (int i = 0; i < 40; i++) {
                worker.succeed(worker.next(), "1");
            }
            assertThat(tasks).allMatch(task -> node.task(task).state() == TaskState.COMPLETE);
        }
    }
}
