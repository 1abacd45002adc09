package dev.tasker.testkit.operator;

import static dev.tasker.testkit.operator.Actions.act;
import static dev.tasker.testkit.operator.Actions.complete;
import static dev.tasker.testkit.operator.Actions.done;
import static dev.tasker.testkit.operator.Actions.reset;
import static dev.tasker.testkit.operator.Actions.resolve;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.ActionOutcome.Done;
import dev.tasker.engine.ActionOutcome.NotFound;
import dev.tasker.engine.ActionOutcome.Refused;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Cancellation;
import dev.tasker.engine.Checkpoint;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.Operator;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.StepAction.CompleteManually;
import dev.tasker.engine.StepAction.ResetForRetry;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.Assignments;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Reset, resolve and complete by hand: what each does to its step (01 §2.6, §2.7; 02 §0.2; 03 §1.6). */
@ExtendWith(DatabaseExtension.class)
class StepActionTest {
    /** Saves progress as a running handler does. */
    private static void saveCheckpoint(HandDrivenWorker worker, Assignment assignment) {
        assertThat(HandDrivenWorker.answer(worker.session()
                        .checkpoint(
                                assignment.stepUuid(), assignment.leaseToken(), new Checkpoint("7", 7, null, false))))
                .isEqualTo(Completion.ACCEPTED);
    }

    @Test
    void resetStepRunsAgainWithAllItsAttemptsAndItsCheckpoint(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(
                    node.draft("reset").step("a", "retry: {retryable: true, max_attempts: 2, backoff: none}"));
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.failRetryably(worker.next("a"));
            Assignment second = worker.next("a");
            saveCheckpoint(worker, second);
            worker.failRetryably(second);
            assertThat(node.step(task, "a").attempts()).isEqualTo(2);

            done(node, task, "a", reset());

            Assignment again = worker.next("a");
            assertThat(again.attempt()).isEqualTo(1);
            assertThat(again.leaseToken()).isGreaterThan(second.leaseToken());
            assertThat(again.step().checkpoint()).contains("\"cursor\":7", "\"history\":[");
            assertThat(again.step().previousResult()).contains("broken");
            assertThat(node.step(task, "a").backoffRequestSeconds()).isNull();
            assertThat(node.step(task, "a").nextRetryAt()).isNull();
            worker.failRetryably(again);
            assertThat(worker.succeed(worker.next("a"), "1")).isEqualTo(Completion.ACCEPTED);
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void checkpointIsClearedWhenAskedTo(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("clear", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment first = worker.next("a");
            saveCheckpoint(worker, first);
            worker.failForGood(first);

            done(node, task, "a", new ResetForRetry("from the start", Actions.ALICE, true));

            assertThat(worker.next("a").step().checkpoint()).isNull();
        }
    }

    @Test
    void onlyAStepInErrorCanBeReset(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("only", "a", "b", "c", "d:a");
            UUID task = node.create(template);
            HandDrivenWorker worker = node.worker(2);
            Assignments running = worker.next(2);
            worker.succeed(running.of("a"), "1");
            worker.next();
            List<String> before = node.states(task);

            for (String step : List.of("a", "b", "c", "d")) {
                StepState state = node.step(task, step).state();
                assertThat(act(node, task, step, reset()))
                        .isEqualTo(new Refused(
                                ErrorCode.Kind.CALLER,
                                "Cannot manually resolve step: invalid transition from " + state.text()
                                        + " to reset_for_retry"));
            }
            assertThat(node.states(task)).isEqualTo(before);
        }
    }

    @Test
    void dependantsReadTheResultSuppliedByHandLikeAWorkers(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("supplied", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.failForGood(worker.next("a"));

            done(
                    node,
                    task,
                    "a",
                    new CompleteManually("{\"validated\":1e400}", "{\"ticket\":\"OPS-7\"}", "verified", Actions.ALICE));

            String document = worker.next("b").dependencyResults().get("a");
            assertThat(document)
                    .contains("\"result\":{\"validated\":1e400}")
                    .isEqualTo(node.step(task, "a").result());
            assertThat(database.query("""
                SELECT r->>'success', r->>'status', r->'error', r->>'step_uuid', r#>>'{metadata,execution_time_ms}', r#>'{metadata,custom}'
                FROM  (SELECT result::json AS r FROM tasker.workflow_steps WHERE task_uuid = ? AND step_index = 0) AS document
                """, task))
                    .containsExactly(
                            "true completed null " + node.step(task, "a").stepUuid() + " 0"
                                    + " {\"ticket\":\"OPS-7\",\"manually_completed\":true,\"completed_by\":\"alice\","
                                    + "\"completion_reason\":\"verified\"}");
        }
    }

    @Test
    void metadataThatAreNoObjectAreKeptUnderTheirOwnKey(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("metadata", "a"));

            done(node, task, "a", new CompleteManually("null", "[1,2]", "verified", Actions.ALICE));

            assertThat(database.query("""
                SELECT result::json#>'{metadata,custom,operator_metadata}', result::json#>'{metadata,custom,manually_completed}'
                FROM   tasker.workflow_steps WHERE task_uuid = ?
                """, task)).containsExactly("[1,2] true");
        }
    }

    @Test
    void resolvedStepReleasesItsChildrenAndGivesThemNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("waived", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment failed = worker.next("a");
            worker.failForGood(failed);

            done(node, task, "a", resolve());

            Assignment child = worker.next("b");
            assertThat(child.dependencyResults()).isEmpty();
            assertThat(node.step(task, "a").result()).as("the failure stays").contains("broken");
            worker.succeed(child, "1");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(node.states(task)).containsExactly("a=resolved_manually", "b=complete");
        }
    }

    @Test
    void stepMayBeResolvedOrCompletedFromEveryStateThatIsNotItsEnd(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("every")
                    .with("identity_strategy: always_unique")
                    .step("a", "retry: {retryable: true, max_attempts: 2}")
                    .step("b", "b", List.of("a"), ""));
            List<StepAction> actions = List.of(resolve(), complete("1"));
            for (StepAction action : actions) {
                UUID enqueued = node.create(template);
                done(node, enqueued, "a", action);
                UUID pending = node.create(template);
                done(node, pending, "b", action);
                try (HandDrivenWorker worker = node.worker(2, "a")) {
                    Assignment one = worker.next("a");
                    assertThat(one.taskUuid()).isEqualTo(pending);
                    worker.succeed(one, "1");
                    assertThat(node.task(pending).state()).isEqualTo(TaskState.COMPLETE);
                    UUID running = node.create(template);
                    worker.next("a");
                    done(node, running, "a", action);
                    UUID waiting = node.create(template);
                    worker.failRetryably(worker.next("a"));
                    done(node, waiting, "a", action);
                    for (UUID task : List.of(enqueued, running, waiting)) {
                        assertThat(node.step(task, "b").state()).isEqualTo(StepState.ENQUEUED);
                        done(node, task, "b", action);
                        assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
                    }
                }
            }
            assertThat(database.query("SELECT count(*) FROM tasker.timers")).containsExactly("0");
        }
    }

    @Test
    void stepThatHasEndedIsLeftAsItIs(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(
                    node.draft("ended").with("identity_strategy: always_unique").step("a", ""));
            UUID complete = node.create(template);
            done(node, complete, "a", complete("1"));
            UUID resolved = node.create(template);
            done(node, resolved, "a", resolve());
            UUID cancelled = node.create(template);
            HandDrivenWorker.answer(node.engine().cancel(cancelled, Cancellation.UNEXPLAINED));

            for (UUID task : List.of(complete, resolved, cancelled)) {
                String state = node.step(task, "a").state().text();
                for (StepAction action : List.of(resolve(), complete("2"))) {
                    assertThat(act(node, task, "a", action))
                            .isEqualTo(new Refused(
                                    ErrorCode.Kind.CONFLICT,
                                    "Cannot manually resolve step: invalid transition from " + state + " to "
                                            + action.text()));
                }
                assertThat(act(node, task, "a", reset()))
                        .isEqualTo(new Refused(
                                ErrorCode.Kind.CALLER,
                                "Cannot manually resolve step: invalid transition from " + state
                                        + " to reset_for_retry"));
                assertThat(node.step(task, "a").state().text()).isEqualTo(state);
            }
        }
    }

    @Test
    void workerOfAStepActedUponIsToldAndItsResultRefused(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("told", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment running = worker.next("a");

            done(node, task, "a", complete("\"by hand\""));

            assertThat(worker.nextLost()).isEqualTo(running);
            assertThat(worker.next("b").dependencyResults().get("a")).contains("by hand");
            assertThat(worker.succeed(running, "\"late\"")).isEqualTo(Completion.STALE_LEASE);
            assertThat(node.step(task, "a").result()).contains("by hand");
        }
    }

    @Test
    void workerOnAnotherNodeIsToldByItsHeartbeat(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                TestNode other = node.another()) {
            TemplateFixture template = node.template("elsewhere", "a");
            UUID task = node.create(template);
            HandDrivenWorker worker = other.worker(1);
            Assignment running = worker.next("a");

            done(node, task, "a", resolve());

            worker.session().heartbeat();
            assertThat(worker.nextLost()).isEqualTo(running);
        }
    }

    @Test
    void historyAndAuditTellActionReasonActorAndSubject(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("told", "a", "b:a");
            HandDrivenWorker worker = node.worker(1, "a");
            UUID task = node.create(template);
            worker.failForGood(worker.next("a"));
            done(node, task, "a", reset());
            worker.failForGood(worker.next("a"));
            done(node, task, "a", new StepAction.ResolveManually("waived", new Operator("bob", null)));
            done(node, task, "b", complete("1"));

            assertThat(database.query("""
                SELECT from_state, to_state, metadata->>'via', metadata->>'action', metadata->>'reason', metadata->>'actor',
                       metadata->>'subject'
                FROM   tasker.workflow_step_transitions WHERE task_uuid = ? AND metadata->>'action' IS NOT NULL
                ORDER  BY created_at, sort_key
                """, task))
                    .contains(
                            "error enqueued [\"pending\"] reset_for_retry fixed alice sub-1",
                            "error resolved_manually [] resolve_manually waived bob null");
            assertThat(database.query("""
                SELECT from_state, to_state, metadata->>'action', metadata->>'reason' FROM tasker.task_transitions
                WHERE  task_uuid = ? AND metadata->>'action' IS NOT NULL ORDER BY sort_key
                """, task))
                    .containsExactly(
                            "blocked_by_failures steps_in_process reset_for_retry fixed",
                            "blocked_by_failures steps_in_process resolve_manually waived",
                            "steps_in_process complete complete_manually by hand");
            assertThat(database.query("""
                SELECT audit.from_state, audit.to_state, success, execution_time_ms, result IS NULL, worker_uuid IS NULL
                FROM   tasker.workflow_step_result_audit AS audit
                WHERE  task_uuid = ? AND worker_uuid IS NULL ORDER BY recorded_at, sort_key
                """, task))
                    .containsExactly(
                            "error pending f null t t",
                            "error resolved_manually f null t t",
                            "enqueued complete t 0 f t");
        }
    }

    @Test
    void unknownStepsAndStepsOfOtherTasksAreNotFound(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(
                    node.draft("two").with("identity_strategy: always_unique").step("a", ""));
            UUID one = node.create(template);
            UUID other = node.create(template);
            UUID step = node.step(other, "a").stepUuid();
            UUID missing = new UUID(one.getMostSignificantBits(), one.getLeastSignificantBits() | 9);

            assertThat(outcome(node, one, step)).isEqualTo(new NotFound("Step does not belong to the specified task"));
            assertThat(outcome(node, one, missing)).isEqualTo(new NotFound("Resource not found"));
            assertThat(outcome(node, one, UUID.randomUUID())).isEqualTo(new NotFound("Resource not found"));
            assertThat(node.states(other)).containsExactly("a=enqueued");
        }
    }

    private static ActionOutcome outcome(TestNode node, UUID task, UUID step) {
        return HandDrivenWorker.answer(node.engine().operate(task, step, resolve()));
    }

    @Test
    void actionThatCannotBeStoredIsRefusedAndChangesNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("bad", "a"));
            for (StepAction bad : List.of(
                    complete("{"),
                    complete(""),
                    complete("1 2"),
                    complete("\"" + "x".repeat(4 << 20) + "\""),
                    new CompleteManually("1", "]", "r", Actions.ALICE),
                    new StepAction.ResolveManually("r".repeat(2_001), Actions.ALICE),
                    new StepAction.ResolveManually("r\0", Actions.ALICE),
                    new StepAction.ResolveManually("r", new Operator("n".repeat(256), null)),
                    new StepAction.ResolveManually("r", new Operator("n", "s".repeat(256))))) {
                assertThatThrownBy(() -> act(node, task, "a", bad))
                        .isInstanceOfSatisfying(
                                EngineException.class,
                                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                        .hasMessageContaining("expected");
            }
            assertThat(node.states(task)).containsExactly("a=enqueued");
        }
    }

    @Test
    void secondOfTwoActionsAtOnceOnAStepIsRefused(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(
                    node.draft("twice").with("identity_strategy: always_unique").step("a", ""));
            for (int round = 0; round < 20; round++) {
                UUID task = node.create(template);
                UUID step = node.step(task, "a").stepUuid();
                List<CompletableFuture<ActionOutcome>> answers = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    answers.add(node.engine().operate(task, step, i % 2 == 0 ? resolve() : complete("1")));
                }
                List<ActionOutcome> outcomes =
                        answers.stream().map(HandDrivenWorker::answer).toList();
                assertThat(outcomes.getFirst()).isEqualTo(new Done());
                assertThat(outcomes.subList(1, 5)).allMatch(Refused.class::isInstance);
                assertThat(node.states(task)).containsExactly("a=resolved_manually");
            }
        }
    }
}
