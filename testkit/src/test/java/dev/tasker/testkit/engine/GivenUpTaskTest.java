package dev.tasker.testkit.engine;

import static dev.tasker.testkit.engine.Sweeps.keepYoung;
import static dev.tasker.testkit.engine.Sweeps.sweep;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Operator;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tasks in error: what still runs in them is recorded, nothing starts, until an operator puts them back to work (01 §5.5). */
@ExtendWith(DatabaseExtension.class)
class GivenUpTaskTest {
    private static final Operator ALICE = new Operator("alice", null);
    private static final String HISTORY =
            "SELECT from_state, to_state, metadata->>'via', metadata->>'reason', metadata->>'task_name' FROM"
                    + " tasker.task_transitions WHERE task_uuid = ? ORDER BY sort_key DESC LIMIT 1";

    @Test
    void whatRunsInATaskInErrorIsRecordedAndNothingNewStarts(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(3);
            UUID task = node.create(node.template("sticky", "a", "b", "c", "d:a"));
            var running = worker.next(3);
            database.advance(ofMinutes(30));
            assertThat(sweep(node, task)).isPresent();

            worker.succeed(running.of("a"), "1");
            worker.report(running.of("b"), Results.retryAfter(Duration.ofSeconds(5)));
            worker.failForGood(running.of("c"));
            database.advance(Duration.ofSeconds(10));
            Eventually.get(
                    "the timer",
                    () -> database.query("SELECT count(*) FROM tasker.timers WHERE task_uuid = ?", task),
                    List.of("0")::equals);

            assertThat(node.task(task).state()).isEqualTo(TaskState.ERROR);
            assertThat(node.states(task)).containsExactly("a=complete", "b=waiting_for_retry", "c=error", "d=pending");
            assertThat(worker.poll(100)).as("work of a task in error").isNull();
            assertThat(node.engine().reopen(task, "why not", ALICE)).isInstanceOf(ActionOutcome.Refused.class);
        }
    }

    @Test
    void leaseThatRunsOutInATaskInErrorStartsNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(node.template("lost", "a"));
            worker.next("a");
            database.advance(ofMinutes(30));
            assertThat(sweep(node, task)).isPresent();
            node.runOut(worker);
            Eventually.get("expiry", () -> node.states(task), List.of("a=waiting_for_retry")::equals);

            assertThat(node.task(task).state()).isEqualTo(TaskState.ERROR);
            assertThat(node.engine().reopen(task, "worker replaced", ALICE)).isEqualTo(new ActionOutcome.Done());
            HandDrivenWorker fresh = node.worker(1);
            fresh.run("a");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void reopenedTaskRunsOnAndItsClocksBeginAnew(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("again", "a", "b:a"));
            database.advance(ofHours(25));
            assertThat(sweep(node, task)).isPresent();

            assertThat(node.engine().reopen(task, "the workers are back", ALICE))
                    .isEqualTo(new ActionOutcome.Done());
            assertThat(database.query(HISTORY, task))
                    .containsExactly(
                            "error steps_in_process [\"pending\",\"initializing\",\"enqueuing_steps\"] the workers are"
                                    + " back null");
            database.execute(
                    "UPDATE tasker.tasks_dlq SET resolution_status = 'cancelled', resolution_timestamp = now()");
            database.advance(ofMinutes(29));
            assertThat(sweep(node, task)).as("young again").isEmpty();
            HandDrivenWorker worker = node.worker(1);
            worker.run("a");
            worker.run("b");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void reopenedTaskHasALifetimeFromThenOn(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(
                    node.register(node.draft("relived", "a").with("lifecycle: {max_duration_minutes: 50}")));
            database.advance(ofMinutes(50));
            assertThat(sweep(node, task)).isPresent();
            assertThat(node.engine().reopen(task, "once more", ALICE)).isEqualTo(new ActionOutcome.Done());
            database.execute(
                    "UPDATE tasker.tasks_dlq SET resolution_status = 'cancelled', resolution_timestamp = now()");
            database.advance(ofMinutes(49));
            keepYoung(database, task);
            assertThat(sweep(node, task)).isEmpty();
            database.advance(ofMinutes(1));

            assertThat(sweep(node, task).orElseThrow().thresholdMinutes()).isEqualTo(50);
        }
    }

    @Test
    void taskWhoseLastResultCameWhileInErrorIsCompleteWhenReopened(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(node.template("late", "a"));
            Assignment a = worker.next("a");
            database.advance(ofMinutes(30));
            assertThat(sweep(node, task)).isPresent();
            worker.succeed(a, "1");
            assertThat(node.task(task).state()).isEqualTo(TaskState.ERROR);

            assertThat(node.engine().reopen(task, "it was done after all", ALICE))
                    .isEqualTo(new ActionOutcome.Done());

            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(node.engine().reopen(task, "again", ALICE)).isInstanceOf(ActionOutcome.Refused.class);
            assertThat(node.engine().reopen(UUID.randomUUID(), "x", ALICE)).isInstanceOf(ActionOutcome.NotFound.class);
        }
    }

    @Test
    void retryNotYetDueKeepsItsTimeWhenItsTaskIsReopened(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(node.template("later", "a"));
            worker.report(worker.next("a"), Results.retryAfter(ofMinutes(50)));
            database.advance(ofMinutes(31));
            assertThat(sweep(node, task)).isPresent();
            database.query("DELETE FROM tasker.timers WHERE task_uuid = ? RETURNING 1", task);
            assertThat(node.engine().reopen(task, "let it wait", ALICE)).isEqualTo(new ActionOutcome.Done());
            assertThat(node.task(task).state()).isEqualTo(TaskState.WAITING_FOR_RETRY);
            assertThat(worker.poll(100)).isNull();
            database.advance(ofMinutes(20));
            worker.run("a");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }
}
