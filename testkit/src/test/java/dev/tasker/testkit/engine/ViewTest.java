package dev.tasker.testkit.engine;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.ExecutionStatus;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskView;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What people see of tasks and steps (01 §1.7 - §1.10, §3.1, §3.3). */
@ExtendWith(DatabaseExtension.class)
class ViewTest {

    @Test
    void taskShowsItsRequestAndItsTimes(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            node.template("shown", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID correlation = UUID.randomUUID();
            UUID parent = UUID.randomUUID();
            UUID task = node.create(new TaskRequest(
                    node.namespace(),
                    "shown",
                    "1.0.0",
                    "{\"x\":1}",
                    "me",
                    "here",
                    "because",
                    "[\"t\"]",
                    42,
                    correlation,
                    parent,
                    null));
            TaskView running = node.task(task);
            assertThat(running.taskUuid()).isEqualTo(task);
            assertThat(running.namespace()).isEqualTo(node.namespace());
            assertThat(running.name()).isEqualTo("shown");
            assertThat(running.version()).isEqualTo("1.0.0");
            assertThat(running.state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            assertThat(running.context()).isEqualTo("{\"x\":1}");
            assertThat(running.initiator()).isEqualTo("me");
            assertThat(running.sourceSystem()).isEqualTo("here");
            assertThat(running.reason()).isEqualTo("because");
            assertThat(running.tags()).isEqualTo("[\"t\"]");
            assertThat(running.priority()).isEqualTo(42);
            assertThat(running.correlationId()).isEqualTo(correlation);
            assertThat(running.parentCorrelationId()).isEqualTo(parent);
            assertThat(running.completedAt()).isNull();
            assertThat(running.updatedAt()).isEqualTo(running.createdAt());

            worker.run("a");
            TaskView complete = node.task(task);
            assertThat(complete.completedAt()).isEqualTo(complete.updatedAt()).isAfter(complete.createdAt());
        }
    }

    @Test
    void correlationIdIsMadeWhenNoneIsGiven(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("correlated", "a"));
            assertThat(node.task(task).correlationId().version()).isEqualTo(4);
            assertThat(node.task(task).parentCorrelationId()).isNull();
            assertThat(node.task(task).tags()).isNull();
        }
    }

    @Test
    void unknownTaskIsEmpty(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            assertThat(node.engine().task(UUID.randomUUID())).isEmpty();
            assertThat(node.engine().steps(UUID.randomUUID())).isEmpty();
        }
    }

    @Test
    void stepShowsItsReadiness(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("steps", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment assignment = worker.next();
            StepView a = node.step(task, "a");
            assertThat(a.stepUuid()).isEqualTo(assignment.stepUuid());
            assertThat(a.taskUuid()).isEqualTo(task);
            assertThat(a.state()).isEqualTo(StepState.IN_PROGRESS);
            assertThat(a.dependenciesSatisfied()).isTrue();
            assertThat(a.retryEligible()).isTrue();
            assertThat(a.readyForExecution()).isFalse();
            assertThat(a.lastAttemptedAt()).isEqualTo(a.updatedAt());
            assertThat(a.attempts()).isEqualTo(1);
            assertThat(a.maxAttempts()).isEqualTo(3);
            assertThat(a.completedAt()).isNull();
            assertThat(a.result()).isNull();
            StepView b = node.step(task, "b");
            assertThat(b.state()).isEqualTo(StepState.PENDING);
            assertThat(b.dependenciesSatisfied()).isFalse();
            assertThat(b.totalParents()).isEqualTo(1);
            assertThat(b.completedParents()).isZero();
            assertThat(b.attempts()).isZero();
            assertThat(b.lastAttemptedAt()).isNull();
            assertThat(b.readyForExecution()).isFalse();
            assertThat(b.namedStepUuid()).isNotEqualTo(a.namedStepUuid());

            worker.succeed(assignment, "1");
            StepView done = node.step(task, "a");
            assertThat(done.completedAt()).isNotNull();
            assertThat(done.result()).isEqualTo(StepResult.success("1").document());
            assertThat(node.step(task, "b").completedParents()).isEqualTo(1);
            UUID other = node.create(template.request("{\"n\":2}"));
            assertThat(node.step(other, "a").namedStepUuid()).isEqualTo(a.namedStepUuid());
        }
    }

    @Test
    void executionStatusFollowsItsPrecedence(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("status", "a", "b", "c:a");
            UUID task = node.create(template);
            assertStatus(node, task, "processing", "wait_for_completion", "healthy", "0.0", 3, 1, 0, 0, 0, 0, 2);
            HandDrivenWorker worker = node.worker(2);
            var roots = worker.next(2);
            assertStatus(node, task, "processing", "wait_for_completion", "healthy", "0.0", 3, 1, 2, 0, 0, 0, 0);
            worker.succeed(roots.of("b"), "1");
            assertStatus(node, task, "processing", "wait_for_completion", "healthy", "33.33", 3, 1, 1, 1, 0, 0, 0);
            worker.report(roots.of("a"), Results.retryAfter(ofSeconds(100)));
            assertStatus(
                    node,
                    task,
                    "waiting_for_dependencies",
                    "wait_for_dependencies",
                    "healthy",
                    "33.33",
                    3,
                    1,
                    0,
                    1,
                    0,
                    0,
                    0);
            database.advance(ofSeconds(100));
            worker.run("a");
            worker.failForGood(worker.next("c"));
            assertStatus(node, task, "blocked_by_failures", "handle_failures", "blocked", "66.67", 3, 0, 0, 2, 1, 0, 0);

            UUID whole = node.create(template.request("{\"n\":2}"));
            for (int i = 0; i < 3; i++) {
                worker.succeed(worker.next(), "1");
            }
            assertStatus(node, whole, "all_complete", "finalize_task", "healthy", "100.0", 3, 0, 0, 3, 0, 0, 0);
        }
    }

    private static void assertStatus(
            TestNode node,
            UUID task,
            String status,
            String action,
            String health,
            String percent,
            long total,
            long pending,
            long running,
            long completed,
            long failed,
            long ready,
            long enqueued) {
        assertThat(node.task(task).execution())
                .isEqualTo(new ExecutionStatus(
                        total,
                        pending,
                        running,
                        completed,
                        failed,
                        ready,
                        enqueued,
                        status,
                        action,
                        new BigDecimal(percent),
                        health));
    }

    @Test
    void historyShowsTheFullSequenceOfStates(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("history", "a", "b:a");
            UUID task = node.create(template); // nobody there: it waits in its queue
            HandDrivenWorker worker = node.worker(1);
            Assignment first = worker.next("a");
            worker.report(first, Results.retryAfter(ofSeconds(50)));
            database.advance(ofSeconds(50));
            Assignment second = worker.next("a");
            worker.reject(second);
            Assignment third = worker.next("a");
            HandDrivenWorker other = node.worker(1);
            node.runOut(worker);
            Assignment fourth = other.next("a");
            other.succeed(fourth, "1");
            other.run("b");

            assertThat(third.attempt()).isEqualTo(2);
            assertThat(fourth.attempt()).isEqualTo(3);
            assertThat(sequence(database, "task_transitions", "task_uuid", task))
                    .containsExactly(
                            "1 pending [initializing, enqueuing_steps] steps_in_process f",
                            "2 steps_in_process [evaluating_results] waiting_for_retry f",
                            "3 waiting_for_retry [enqueuing_steps] steps_in_process f",
                            "4 steps_in_process [evaluating_results] complete t");
            assertThat(sequence(database, "workflow_step_transitions", "workflow_step_uuid", first.stepUuid()))
                    .containsExactly(
                            "1 pending [] enqueued f",
                            "2 enqueued [] in_progress f",
                            "3 in_progress [enqueued_as_error_for_orchestration] waiting_for_retry f",
                            "4 waiting_for_retry [pending] enqueued f",
                            "5 enqueued [] in_progress f",
                            "6 in_progress [waiting_for_retry, pending] enqueued f",
                            "7 enqueued [] in_progress f",
                            "8 in_progress [waiting_for_retry, pending] enqueued f",
                            "9 enqueued [] in_progress f",
                            "10 in_progress [enqueued_for_orchestration] complete t");
            assertThat(sequence(
                            database,
                            "workflow_step_transitions",
                            "workflow_step_uuid",
                            node.step(task, "b").stepUuid()))
                    .containsExactly(
                            "1 pending [enqueued] in_progress f",
                            "2 in_progress [enqueued_for_orchestration] complete t");
            assertThat(database.query(
                            "SELECT metadata->>'worker_uuid' FROM tasker.workflow_step_transitions"
                                    + " WHERE workflow_step_uuid = ? ORDER BY sort_key",
                            first.stepUuid()))
                    .containsExactly(
                            "null",
                            worker.uuid().toString(),
                            worker.uuid().toString(),
                            "null",
                            worker.uuid().toString(),
                            worker.uuid().toString(),
                            worker.uuid().toString(),
                            worker.uuid().toString(),
                            other.uuid().toString(),
                            other.uuid().toString());
        }
    }

    @Test
    void auditHasOneRowPerWorkerResult(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("audit")
                    .step("a", "retry: {max_attempts: 2, backoff: none}")
                    .step("b", "retry: {max_attempts: 1}"));
            HandDrivenWorker a = node.worker(1, "a");
            HandDrivenWorker b = node.worker(1, "b");
            UUID task = node.create(template);
            StepResult failure = Results.retryable();
            a.report(a.next(), failure);
            a.report(a.next(), new StepResult(true, false, 1234, null, "{\"success\":true}"));
            b.report(b.next(), Results.permanent());
            UUID correlation = node.task(task).correlationId();
            assertThat(database.query(
                            "SELECT success, execution_time_ms, from_state, to_state, worker_uuid, correlation_id,"
                                + " result FROM tasker.workflow_step_result_audit WHERE workflow_step_uuid = ? ORDER"
                                + " BY sort_key",
                            node.step(task, "a").stepUuid()))
                    .containsExactly(
                            "f 7 in_progress enqueued_as_error_for_orchestration " + a.uuid() + " " + correlation + " "
                                    + failure.document(),
                            "t 1234 in_progress enqueued_for_orchestration " + a.uuid() + " " + correlation
                                    + " {\"success\":true}");
            assertThat(database.query(
                            "SELECT success, to_state FROM tasker.workflow_step_result_audit WHERE workflow_step_uuid"
                                    + " = ?",
                            node.step(task, "b").stepUuid()))
                    .containsExactly("f enqueued_as_error_for_orchestration");
        }
    }

    @Test
    void expiryIsNoWorkerResult(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("unaudited").step("a", "retry: {max_attempts: 1}"));
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            UUID step = worker.next().stepUuid();
            node.runOut(worker);
            Eventually.equals("the steps", List.of("a=error"), () -> node.states(task));
            assertThat(database.query("SELECT 1 FROM tasker.workflow_step_result_audit WHERE task_uuid = ?", task))
                    .isEmpty();
            assertThat(sequence(database, "workflow_step_transitions", "workflow_step_uuid", step))
                    .containsExactly("1 pending [enqueued] in_progress f", "2 in_progress [] error t");
            assertThat(sequence(database, "task_transitions", "task_uuid", task))
                    .containsExactly(
                            "1 pending [initializing, enqueuing_steps] steps_in_process f",
                            "2 steps_in_process [evaluating_results] blocked_by_failures t");
        }
    }

    @Test
    void edgesAreListedFromParentToChild(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("edges", "a", "b:a", "c:a,b"));
            UUID a = node.step(task, "a").stepUuid();
            UUID b = node.step(task, "b").stepUuid();
            UUID c = node.step(task, "c").stepUuid();
            assertThat(database.query(
                            "SELECT from_step_uuid, to_step_uuid, name FROM tasker.workflow_step_edges"
                                    + " WHERE from_step_uuid IN (?, ?, ?)",
                            a,
                            b,
                            c))
                    .containsExactlyInAnyOrder(
                            a + " " + b + " provides", a + " " + c + " provides", b + " " + c + " provides");
        }
    }

    private static List<String> sequence(TestDatabase database, String view, String key, UUID uuid) {
        return database
                .query(
                        "SELECT sort_key, from_state, replace(translate(metadata->>'via', '\"', ''), ',', ', ') AS"
                                + " via, to_state, most_recent FROM"
                                + " tasker." + view + " WHERE " + key + " = ? ORDER BY sort_key",
                        uuid)
                .stream()
                .map(line -> line.replace(",  ", ", "))
                .toList();
    }
}
