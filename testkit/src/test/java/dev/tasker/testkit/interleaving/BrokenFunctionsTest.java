package dev.tasker.testkit.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.interleaving.Rehearsal.Pair;
import dev.tasker.testkit.interleaving.Rehearsal.Violation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The interleavings have teeth: the engine's functions with one deliberate fault each are caught. */
@ExtendWith(DatabaseExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenFunctionsTest {
    private static final String LOCK_TASKS = """
          PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (p_task) AND in_span(task.task_uuid, v_low, v_high)
          ORDER BY task.task_uuid FOR NO KEY UPDATE;
        """;
    private static final String LOCK_TASKS_UNBOUNDED = """
          PERFORM 1 FROM tasks AS task WHERE task.task_uuid = ANY (p_task) ORDER BY task.task_uuid FOR NO KEY UPDATE;
        """;
    private static final String LOCK_READ_TASKS = LOCK_TASKS.replace("p_task", "v_task");

    private static final String LOCK_NAMED_STEPS = """
          PERFORM 1 FROM unnest(p_task, p_step) AS i(task_uuid, step_index)
                         JOIN workflow_steps AS step ON step.task_uuid = i.task_uuid AND step.step_index = i.step_index
          WHERE  step.state = step_state('enqueued') ORDER BY step.task_uuid, step.step_index FOR NO KEY UPDATE OF step;
        """;
    private static final String LOCK_WAITING_STEPS = """
          PERFORM 1 FROM workflow_steps AS step WHERE step.task_uuid = ANY (p_task) AND step.state = step_state('enqueued')
          AND in_span(step.task_uuid, v_low, v_high)
          ORDER BY step.task_uuid, step.step_index FOR NO KEY UPDATE;
        """;

    private static final String LOCK_WAITING_PARENTS = """
          PERFORM 1 FROM unnest(p_edge_task, p_edge_from) AS i(task_uuid, from_index)
                         JOIN workflow_steps AS step ON step.task_uuid = i.task_uuid AND step.step_index = i.from_index
          WHERE  step.state = step_state('enqueued') AND in_span(step.task_uuid, v_low, v_high)
          ORDER BY step.task_uuid, step.step_index FOR NO KEY UPDATE OF step;
        """;

    private Stage stage;
    private Operations operations;
    private Rehearsal rehearsal;

    /** A fault: {@code shipped} text of a function replaced, and the pair of operations that shows it. */
    record Break(String name, String function, String shipped, String replacement, String first, String second) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Break> breaks() {
        return Stream.of(
                new Break(
                        "sweep without the lock of the tasks",
                        "dead_letter_tasks",
                        LOCK_TASKS_UNBOUNDED,
                        "",
                        "endTrio",
                        "failTrioP"),
                new Break(
                        "sweep of a task that has moved on",
                        "dead_letter_tasks",
                        "task.version = i.version AND task.state = i.state AS unchanged",
                        "true AS unchanged",
                        "endMeshSeenOtherwise",
                        "failBForGood"),
                new Break(
                        "reopening without the lock of the tasks",
                        "reopen_tasks",
                        LOCK_TASKS_UNBOUNDED,
                        "",
                        "reopen",
                        "failB"),
                new Break(
                        "reopening of a task with a step in error",
                        "reopen_tasks",
                        "task.state = task_state('error') AND task.failed_steps = 0",
                        "task.state = task_state('error')",
                        "failB",
                        "reopen"),
                new Break(
                        "start by a task given up",
                        "complete_steps",
                        "AND task.state < task_state('complete') AS open",
                        "AS open",
                        "finishA",
                        "failB"),
                new Break(
                        "result that moves a task given up",
                        "complete_steps",
                        "state_after(task.state, task.total_steps",
                        "state_after(3::smallint, task.total_steps",
                        "finishA",
                        "reopen"),
                new Break(
                        "timeout that moves a task given up",
                        "time_out_steps",
                        "state_after(task.state, task.total_steps",
                        "state_after(3::smallint, task.total_steps",
                        "timeOutB3",
                        "reopen"),
                new Break(
                        "repair without the lock of the task",
                        "examine_task",
                        "WHERE task.task_uuid = p_task FOR NO KEY UPDATE;",
                        "WHERE task.task_uuid = p_task;",
                        "mendLame",
                        "finishLameP"),
                new Break(
                        "growth without the locks of waiting parents",
                        "grow_and_complete",
                        LOCK_WAITING_PARENTS,
                        "",
                        "claim",
                        "growA"),
                new Break("growth without the lock of its own", "grow_and_complete", LOCK_TASKS, "", "growA", "growB"),
                new Break(
                        "growth for a result that is not accepted",
                        "grow_and_complete",
                        "step.state = step_state('in_progress') AND step.lease_token = grow.token",
                        "true",
                        "growAWithOldToken",
                        "completeB"),
                new Break(
                        "growth by hand without the lock of its own",
                        "grow_and_operate",
                        LOCK_TASKS,
                        "",
                        "growA",
                        "growBByHand"),
                new Break(
                        "growth by hand behind a step that has ended",
                        "grow_and_complete",
                        "ELSE step.state NOT IN (step_state('complete'), step_state('cancelled'),"
                                + " step_state('resolved_manually'))",
                        "ELSE true",
                        "completeB",
                        "growBByHand"),
                new Break(
                        "growth for another version of the graph",
                        "grow_and_complete",
                        "FILTER (WHERE task.graph_version = grow.version)",
                        "FILTER (WHERE task.graph_version >= grow.version)",
                        "growA",
                        "growB"),
                new Break(
                        "completion of a result whose growth came too late",
                        "grow_and_complete",
                        "WHERE  v_stale IS NULL OR i.task_uuid <> ALL (v_stale)",
                        "WHERE  true",
                        "growA",
                        "growB"),
                new Break(
                        "new parents that an existing step does not wait for",
                        "grow_and_complete",
                        "pending_parents = step.pending_parents + change.pending",
                        "pending_parents = step.pending_parents",
                        "growA",
                        "completeB"),
                new Break(
                        "slot of a completed instance lost",
                        "complete_steps",
                        "batch.next_index + ended.instances",
                        "batch.next_index + 1",
                        "finishInstances",
                        "retryFirst"),
                new Break(
                        "slot given away by an instance that failed",
                        "complete_steps",
                        "done.batch_step IS NOT NULL AND done.state = step_state('complete')",
                        "done.batch_step IS NOT NULL",
                        "retryFirst",
                        "finishSecond"),
                new Break(
                        "completion without the lock of its own",
                        "complete_steps",
                        LOCK_TASKS,
                        "",
                        "finishP",
                        "finishQ"),
                new Break(
                        "creation that lost its identity and goes on",
                        "create_tasks",
                        "(i.task_uuid IN (SELECT identity.task_uuid FROM identity)) IS TRUE",
                        "true",
                        "create",
                        "createBackwards"),
                new Break(
                        "completion without fencing",
                        "complete_steps",
                        "AND step.lease_token = i.token",
                        "",
                        "completeAWithOldToken",
                        "expireOne"),
                new Break(
                        "completion of a step that is not in progress",
                        "complete_steps",
                        "AND    in_state(step.state, step_state('in_progress')) AND step.lease_token = i.token",
                        "AND    step.lease_token = i.token",
                        "completeA",
                        "completeA"),
                new Break(
                        "decrement lost when a batch has both parents",
                        "complete_steps",
                        "pending_parents = step.pending_parents - r.parents",
                        "pending_parents = step.pending_parents - 1",
                        "completeBoth",
                        "retryDue"),
                new Break(
                        "release by a blocked task",
                        "complete_steps",
                        "task.failed_steps = 0\n             AND NOT",
                        "NOT",
                        "failTrioP",
                        "completeTrioQ"),
                new Break(
                        "event of a result that was not recorded",
                        "complete_steps",
                        "WHERE  step.xmin = pg_current_xact_id()::xid",
                        "WHERE  true",
                        "completeA",
                        "completeAWithOldToken"),
                new Break(
                        "event without its condition",
                        "complete_steps",
                        "step.state = coalesce(event.needed, step.state)",
                        "true",
                        "failAForNow",
                        "retryDue"),
                new Break(
                        "event that is told and not kept",
                        "complete_steps",
                        "WHERE published.message IS NOT NULL",
                        "WHERE false",
                        "completeA",
                        "retryDue"),
                new Break(
                        "expiry without the lock of the tasks",
                        "expire_session",
                        LOCK_READ_TASKS,
                        "",
                        "expireOne",
                        "expireTwo"),
                new Break(
                        "expiry of a session that was renewed",
                        "expire_session",
                        "AND session.expires_at + p_grace_ms * interval '1 ms' <= v_now",
                        "",
                        "renewOne",
                        "expireOne"),
                new Break(
                        "expiry that leaves the token",
                        "expire_session",
                        "lease_token = step.lease_token + 1,\n",
                        "\n",
                        "expireOne",
                        "retryDue"),
                new Break(
                        "heartbeat that renews an ended session",
                        "heartbeat",
                        "AND session.expires_at > '-infinity'",
                        "",
                        "renewOne",
                        "endOne"),
                new Break(
                        "claim that renews an ended session",
                        "claim_steps",
                        "AND session.expires_at > '-infinity'",
                        "",
                        "claimRenewing",
                        "endOne"),
                new Break(
                        "claim for an ended session",
                        "claim_steps",
                        "AND session.expires_at > CASE",
                        "AND session.expires_at >= CASE",
                        "claimRenewing",
                        "endOne"),
                new Break(
                        "completion that renews an ended session",
                        "complete_steps",
                        "AND session.expires_at > '-infinity'",
                        "",
                        "completeAKeepingC",
                        "endOne"),
                new Break(
                        "timeout without the lock of the tasks",
                        "time_out_steps",
                        LOCK_TASKS,
                        "",
                        "timeOutP",
                        "timeOutQ"),
                new Break(
                        "timeout without fencing",
                        "time_out_steps",
                        "AND step.lease_token = i.token",
                        "",
                        "timeOutAWithOldToken",
                        "completeB"),
                new Break(
                        "timeout that leaves the token",
                        "time_out_steps",
                        "lease_token = step.lease_token + 1, result",
                        "result",
                        "timeOutA",
                        "completeA"),
                new Break(
                        "timeout without a timer",
                        "time_out_steps",
                        "WHERE ended.state = step_state('waiting_for_retry')",
                        "WHERE false",
                        "timeOutA",
                        "retryDue"),
                new Break(
                        "timeout of the last attempt that is tried again",
                        "time_out_steps",
                        "CASE WHEN step.retryable AND step.attempts < step.max_attempts THEN step_state",
                        "CASE WHEN step.retryable THEN step_state",
                        "timeOutB",
                        "retryDue"),
                new Break(
                        "retry without the lock of the tasks",
                        "retry_due",
                        LOCK_READ_TASKS,
                        "",
                        "failAForGood",
                        "retryDue"),
                new Break(
                        "retry of a blocked task",
                        "retry_due",
                        "AND    task.failed_steps = 0 AND task.state < task_state('complete')",
                        "",
                        "failAForGood",
                        "retryDue"),
                new Break(
                        "rejection without fencing",
                        "reject_steps",
                        "AND    in_state(step.state, step_state('in_progress')) AND step.lease_token = i.token",
                        "",
                        "completeA",
                        "rejectA"),
                new Break(
                        "checkpoint without fencing",
                        "checkpoint_steps",
                        "AND step.lease_token = i.token",
                        "",
                        "yieldAWithOldToken",
                        "failBForGood"),
                new Break(
                        "checkpoint of a step that is not in progress",
                        "checkpoint_steps",
                        "in_state(step.state, step_state('in_progress')) AND step.lease_token = i.token",
                        "step.lease_token = i.token",
                        "completeA",
                        "keepA"),
                new Break(
                        "yield that leaves the token",
                        "checkpoint_steps",
                        "lease_token = step.lease_token + i.yields::integer",
                        "lease_token = step.lease_token",
                        "yieldA",
                        "completeA"),
                new Break(
                        "checkpoint that does not renew the lease",
                        "checkpoint_steps",
                        "WHERE  session.session_id = holder.session_id",
                        "WHERE  false",
                        "keepA",
                        "expireOne"),
                new Break(
                        "action without the lock of the tasks",
                        "operate_steps",
                        LOCK_TASKS,
                        "",
                        "failTrioP",
                        "resolveTrioP"),
                new Break(
                        "action without the lock of the waiting step",
                        "operate_steps",
                        LOCK_NAMED_STEPS,
                        "",
                        "resolveD",
                        "claim"),
                new Break(
                        "action that leaves the token",
                        "operate_steps",
                        "THEN step.lease_token + 1 ELSE",
                        "THEN step.lease_token ELSE",
                        "resolveA",
                        "completeA"),
                new Break(
                        "reset of a step that is not in error",
                        "operate_steps",
                        "AND (i.action <> 0 OR step.state = step_state('error'))",
                        "",
                        "resetA",
                        "failAForGood"),
                new Break(
                        "cancellation without the lock of the tasks",
                        "cancel_tasks",
                        LOCK_TASKS,
                        "",
                        "cancelPair",
                        "finishP"),
                new Break(
                        "cancellation without the lock of the waiting steps",
                        "cancel_tasks",
                        LOCK_WAITING_STEPS,
                        "",
                        "cancelMesh",
                        "claim"),
                new Break(
                        "cancellation that leaves the token",
                        "cancel_tasks",
                        "ELSE step.lease_token + 1 END",
                        "ELSE step.lease_token END",
                        "cancelPair",
                        "finishP"),
                new Break(
                        "cancellation of a task that has ended",
                        "cancel_tasks",
                        "task.state < task_state('complete') AS allowed",
                        "true AS allowed",
                        "cancelPair",
                        "cancelPair"),
                new Break(
                        "cancellation that leaves a timer",
                        "cancel_tasks",
                        "WHERE  cancelled.from_state = step_state('waiting_for_retry')",
                        "WHERE  false",
                        "cancelMesh",
                        "completeA"),
                new Break(
                        "claim that does not log its leases",
                        "claim_steps",
                        "HAVING count(*) > 0",
                        "HAVING count(*) > 99",
                        "claim",
                        "completeA"),
                new Break(
                        "creation in the order given",
                        "create_tasks",
                        "    ORDER  BY i.identity_hash\n",
                        "",
                        "create",
                        "createBackwards"),
                new Break(
                        "change of a result that is not fed to the roll-ups",
                        "complete_steps",
                        "FROM   task WHERE task.to_state <> task.from_state) AS facts",
                        "FROM   task WHERE false) AS facts",
                        "finishP",
                        "finishQ"),
                new Break(
                        "change of a claimed step that is fed twice",
                        "claim_steps",
                        "INSERT INTO step_history",
                        "INSERT INTO step_changes",
                        "claim",
                        "completeA"),
                new Break(
                        "creation that is not fed to the roll-ups",
                        "create_tasks",
                        "SELECT v_now, template_id, template_step, from_state, to_state, count(*),",
                        "SELECT v_now, template_id, template_step, from_state, to_state, 0 * count(*),",
                        "create",
                        "createBackwards"),
                new Break(
                        "checkpoint that renews a session that was ended",
                        "checkpoint_steps",
                        "WHERE  session.session_id = holder.session_id AND session.expires_at > '-infinity'",
                        "WHERE  session.session_id = holder.session_id",
                        "endOne",
                        "keepA"),
                new Break(
                        "heartbeat that cuts the log and does not write what is held",
                        "heartbeat",
                        "GROUP  BY held.session_id",
                        "WHERE false GROUP BY held.session_id",
                        "renewOne",
                        "completeB"));
    }

    @BeforeAll
    void setUp(TestDatabase database) throws SQLException {
        stage = new Stage(database);
        operations = new Operations(stage);
        rehearsal = new Rehearsal(stage);
    }

    @AfterEach
    void putBack() throws SQLException {
        stage.install(Functions.shipped());
        stage.leaveMended();
    }

    @AfterAll
    void tearDown() throws SQLException {
        stage.close();
    }

    @ParameterizedTest
    @MethodSource("breaks")
    void everyFaultIsCaught(Break fault) throws SQLException {
        Operation first = operations.named(fault.first());
        Operation second = operations.named(fault.second());
        rehearsal.learn(new Pair(first, second));

        stage.install(Functions.shipped().broken(fault.function(), fault.shipped(), fault.replacement()));

        List<Violation> violations = new ArrayList<>(rehearsal.perform(new Pair(first, second)));
        violations.addAll(rehearsal.perform(new Pair(second, first)));
        assertThat(violations).isNotEmpty();
    }
}
