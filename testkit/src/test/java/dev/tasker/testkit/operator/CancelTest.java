package dev.tasker.testkit.operator;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.ActionOutcome.Done;
import dev.tasker.engine.ActionOutcome.NotFound;
import dev.tasker.engine.ActionOutcome.Refused;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Cancellation;
import dev.tasker.engine.Completion;
import dev.tasker.engine.Creation;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.Operator;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.Assignments;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Cancelling tasks (01 §2.7, 03 §1.5, 04 §9.6). */
@ExtendWith(DatabaseExtension.class)
class CancelTest {
    private static final Refused TOO_LATE = new Refused(ErrorCode.Kind.CALLER, "Cannot cancel a completed task");
    private static final Cancellation WITH_REASON = new Cancellation("ordered twice", new Operator("alice", "sub-1"));

    private static ActionOutcome cancel(TestNode node, UUID task) {
        return HandDrivenWorker.answer(node.engine().cancel(task, WITH_REASON));
    }

    @Test
    void everyStepThatHasNotEndedIsCancelledAndTheWorkersAreTold(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.template("all", "done", "error", "retry", "running", "waiting", "pending:running");
            HandDrivenWorker worker = node.worker(4);
            UUID task = node.create(template);
            Assignments leased = worker.next(4);
            worker.succeed(leased.of("done"), "1");
            Assignment fifth = worker.next("waiting");
            worker.reject(fifth);
            worker.session().drain();
            worker.report(leased.of("retry"), Results.retryAfter(ofSeconds(60)));
            worker.failForGood(leased.of("error"));
            assertThat(node.states(task))
                    .filteredOn(state -> !state.startsWith("waiting="))
                    .containsExactly(
                            "done=complete",
                            "error=error",
                            "retry=waiting_for_retry",
                            "running=in_progress",
                            "pending=pending");

            assertThat(cancel(node, task)).isEqualTo(new Done());

            assertThat(node.task(task).state()).isEqualTo(TaskState.CANCELLED);
            assertThat(node.states(task))
                    .containsExactly(
                            "done=complete",
                            "error=cancelled",
                            "retry=cancelled",
                            "running=cancelled",
                            "waiting=cancelled",
                            "pending=cancelled");
            assertThat(database.query("SELECT count(*) FROM tasker.timers WHERE task_uuid = ?", task))
                    .containsExactly("0");
            Assignment told = worker.nextLost();
            while (!told.step().name().equals("running")) {
                told = worker.nextLost();
            }
            assertThat(worker.succeed(leased.of("running"), "1")).isEqualTo(Completion.STALE_LEASE);
            assertThat(worker.failForGood(leased.of("running"))).isEqualTo(Completion.STALE_LEASE);
            assertThat(node.task(task).state()).isEqualTo(TaskState.CANCELLED);
        }
    }

    @Test
    void taskThatHasEndedIsNotCancelled(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(
                    node.draft("ended").with("identity_strategy: always_unique").step("a", ""));
            HandDrivenWorker worker = node.worker(1);
            UUID complete = node.create(template);
            worker.run("a");
            UUID cancelled = node.create(template);
            assertThat(cancel(node, cancelled)).isEqualTo(new Done());

            assertThat(cancel(node, complete)).isEqualTo(TOO_LATE);
            assertThat(cancel(node, cancelled)).isEqualTo(TOO_LATE);
            assertThat(cancel(node, UUID.randomUUID())).isEqualTo(new NotFound("Resource not found"));
            assertThat(node.task(complete).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void blockedTaskCanBeCancelled(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("blocked", "a", "b:a"));
            HandDrivenWorker worker = node.worker(1);
            worker.failForGood(worker.next("a"));
            assertThat(cancel(node, task)).isEqualTo(new Done());
            assertThat(node.states(task)).containsExactly("a=cancelled", "b=cancelled");
        }
    }

    @Test
    void manyCancellationsThatTheirNodeLeavesAreOfWholeTasksAndMayBeRepeated(TestDatabase database) throws Exception {
        try (TestNode other = TestNode.open(database);
                Connection holder = database.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            TestNode leaving = other.another();
            TemplateFixture template = other.register(other.draft("left")
                    .with("identity_strategy: always_unique")
                    .step("a", "")
                    .step("b:a", ""));
            TemplateFixture probe = other.register(other.draft("probe")
                    .with("identity_strategy: always_unique")
                    .step("a", ""));
            List<UUID> tasks =
                    IntStream.range(0, 600)
                            .mapToObj(_ -> other.engine().create(template.request("{}")))
                            .toList()
                            .stream()
                            .map(creation -> ((Creation.Created) HandDrivenWorker.answer(creation)).taskUuid())
                            .toList();
            holder.setAutoCommit(false);
            statement.execute("SELECT FROM tasker.tasks WHERE task_uuid = '" + tasks.get(300) + "' FOR UPDATE");

            CompletableFuture<Map<UUID, ActionOutcome>> answer =
                    leaving.engine().cancel(tasks, WITH_REASON);
            Eventually.equals(
                    "the second piece waits",
                    List.of("1"),
                    () -> database.query(
                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname ="
                                    + " current_database() AND query LIKE '%cancel_tasks%'"));
            Thread end = Thread.ofVirtual().start(leaving::close);
            Eventually.get(
                    "the node takes nothing more",
                    () -> leaving.engine().create(probe.request("{}")),
                    CompletableFuture::isCompletedExceptionally);
            holder.rollback();

            assertThatThrownBy(() -> HandDrivenWorker.answer(answer))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
            end.join();
            assertThat(states(database, template))
                    .containsExactly("cancelled cancelled,cancelled 500", "steps_in_process enqueued,pending 100");

            Map<UUID, ActionOutcome> again =
                    HandDrivenWorker.answer(other.engine().cancel(tasks, WITH_REASON));
            assertThat(tasks.subList(0, 500))
                    .allSatisfy(task -> assertThat(again).containsEntry(task, TOO_LATE));
            assertThat(tasks.subList(500, 600))
                    .allSatisfy(task -> assertThat(again).containsEntry(task, new Done()));
            assertThat(states(database, template)).containsExactly("cancelled cancelled,cancelled 600");
        }
    }

    /** How many tasks of a template are in which state, and their steps. */
    private static List<String> states(TestDatabase database, TemplateFixture template) {
        return database.query("""
            SELECT tasker.task_state_name(task.state), steps.states, count(*)
            FROM   tasker.tasks AS task
                   JOIN tasker.template_names AS named USING (template_id)
                   CROSS JOIN LATERAL (SELECT string_agg(tasker.step_state_name(step.state), ',' ORDER BY step.step_index) AS states
                                       FROM tasker.workflow_steps AS step WHERE step.task_uuid = task.task_uuid) AS steps
            WHERE  named.namespace_name = ? AND named.task_name = ?
            GROUP  BY 1, 2 ORDER BY 1
            """, template.namespace(), template.name());
    }

    @Test
    void historyTellsWhoCancelledAndWhy(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("why", "a"));
            cancel(node, task);
            assertThat(database.query("""
                SELECT from_state, to_state, metadata->>'action', metadata->>'reason', metadata->>'actor', metadata->>'subject'
                FROM   tasker.task_transitions WHERE task_uuid = ? AND most_recent
                """, task))
                    .containsExactly("steps_in_process cancelled cancel ordered twice alice sub-1");
            assertThat(database.query(
                            "SELECT from_state, to_state FROM tasker.workflow_step_transitions WHERE task_uuid = ? AND"
                                    + " most_recent",
                            task))
                    .containsExactly("enqueued cancelled");
            assertThat(database.query("SELECT 1 FROM tasker.workflow_step_result_audit WHERE task_uuid = ?", task))
                    .as("results")
                    .isEmpty();
        }
    }

    @Test
    void waitingStepOfACancelledTaskIsGivenToNobodyAndItsReadyRowDropped(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("queued")
                    .with("identity_strategy: always_unique")
                    .step("a", ""));
            List<UUID> tasks =
                    IntStream.range(0, 50).mapToObj(_ -> node.create(template)).toList();
            UUID left = node.create(template);
            HandDrivenWorker.answer(node.engine().cancel(tasks, Cancellation.UNEXPLAINED));

            HandDrivenWorker worker = node.worker(1);

            assertThat(worker.next("a").taskUuid()).isEqualTo(left);
            Eventually.get(
                    "ready rows",
                    () -> database.query(
                            "SELECT count(*) FROM tasker.ready_steps WHERE task_uuid = ANY (?::uuid[])",
                            "{"
                                    + String.join(
                                            ",",
                                            tasks.stream().map(UUID::toString).toList()) + "}"),
                    List.of("0")::equals);
        }
    }

    @Test
    void workerOnAnotherNodeIsToldByItsHeartbeat(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                TestNode other = node.another()) {
            UUID task = node.create(node.template("elsewhere", "a"));
            HandDrivenWorker worker = other.worker(1);
            Assignment running = worker.next("a");

            assertThat(cancel(node, task)).isEqualTo(new Done());

            worker.session().heartbeat();
            assertThat(worker.nextLost()).isEqualTo(running);
            assertThat(worker.succeed(running, "1")).isEqualTo(Completion.STALE_LEASE);
        }
    }

    @Test
    void slotOfACancelledStepIsFreeAtOnce(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(
                    node.draft("slot").with("identity_strategy: always_unique").step("a", ""));
            HandDrivenWorker worker = node.worker(1);
            UUID first = node.create(template);
            worker.next("a");
            UUID second = node.create(template);
            cancel(node, first);
            assertThat(worker.next("a").taskUuid()).isEqualTo(second);
        }
    }

    @Test
    void identityOfACancelledTaskStaysTaken(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("taken", "a");
            UUID task = node.create(template);
            cancel(node, task);
            assertThat(HandDrivenWorker.answer(node.engine().create(template.request("{}"))))
                    .isEqualTo(new Creation.Duplicate(task));
        }
    }

    @Test
    void manyTasksAreCancelledEachWithItsOutcome(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("many")
                    .with("identity_strategy: always_unique")
                    .step("a", "")
                    .step("b:a", ""));
            List<UUID> tasks = new ArrayList<>(
                    IntStream.range(0, 600).mapToObj(_ -> node.create(template)).toList());
            cancel(node, tasks.getFirst());
            UUID unknown = UUID.randomUUID();
            tasks.add(unknown);
            tasks.add(tasks.get(1));

            Map<UUID, ActionOutcome> outcomes =
                    HandDrivenWorker.answer(node.engine().cancel(tasks, WITH_REASON));

            assertThat(outcomes).hasSize(601);
            assertThat(outcomes.get(tasks.getFirst())).isEqualTo(TOO_LATE);
            assertThat(outcomes.get(unknown)).isInstanceOf(NotFound.class);
            assertThat(outcomes.values()).filteredOn(Done.class::isInstance).hasSize(599);
            assertThat(database.query(
                            "SELECT count(*) FROM tasker.tasks WHERE state = tasker.task_state('cancelled') AND"
                                    + " task_uuid = ANY (?::uuid[])",
                            "{"
                                    + String.join(
                                            ",",
                                            tasks.stream().map(UUID::toString).toList()) + "}"))
                    .containsExactly("600");
            assertThat(node.engine().metrics().lanes())
                    .filteredOn(lane -> lane.name().equals("lane-bulk"))
                    .allMatch(lane -> lane.commands() >= 600 && lane.batchMax() <= 250);
        }
    }

    @Test
    void cancellationThatCannotBeStoredIsRefused(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("bad", "a"));
            List<UUID> tooMany =
                    IntStream.range(0, 100_001).mapToObj(i -> new UUID(1, i)).toList();
            for (var call : List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                    () -> HandDrivenWorker.answer(
                            node.engine().cancel(task, new Cancellation("r".repeat(2_001), null))),
                    () -> HandDrivenWorker.answer(node.engine().cancel(List.of(task), new Cancellation("r\0", null))),
                    () -> HandDrivenWorker.answer(node.engine().cancel(tooMany, Cancellation.UNEXPLAINED)))) {
                assertThatThrownBy(call)
                        .isInstanceOfSatisfying(
                                EngineException.class,
                                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
            }
            assertThat(node.states(task)).containsExactly("a=enqueued");
        }
    }

    @Test
    void closedEngineCancelsNothing(TestDatabase database) {
        TestNode node = TestNode.open(database);
        UUID task;
        try (node) {
            task = node.create(node.template("closed", "a"));
        }
        assertThatThrownBy(() -> HandDrivenWorker.answer(node.engine().cancel(List.of(task), Cancellation.UNEXPLAINED)))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CLOSED));
    }
}
