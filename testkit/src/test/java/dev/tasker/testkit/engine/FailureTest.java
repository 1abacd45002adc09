package dev.tasker.testkit.engine;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Completion;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskView;
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

/** What a permanent failure does to its task (01 §2.7). */
@ExtendWith(DatabaseExtension.class)
class FailureTest {

    @Test
    void permanentFailureBlocksAtOnceAndRunningSiblingsFinish(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("blocked", "a", "b", "c:a", "d:b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignments running = worker.next(2);
            assertThat(worker.failForGood(running.of("a"))).isEqualTo(Completion.ACCEPTED);
            TaskView blocked = node.task(task);
            assertThat(blocked.state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
            assertThat(blocked.execution().status()).isEqualTo("blocked_by_failures");
            assertThat(blocked.execution().recommendedAction()).isEqualTo("handle_failures");
            assertThat(blocked.execution().healthStatus()).isEqualTo("blocked");

            assertThat(worker.succeed(running.of("b"), "1")).isEqualTo(Completion.ACCEPTED);
            assertThat(node.states(task)).containsExactly("a=error", "b=complete", "c=pending", "d=pending");
            assertThat(node.task(task).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
            assertThat(node.task(task).execution().readySteps()).isEqualTo(1);
            assertThat(worker.poll(100)).as("new work of a blocked task").isNull();
            assertThat(database.query(
                            "SELECT from_state, to_state FROM tasker.task_transitions WHERE task_uuid = ?"
                                    + " ORDER BY sort_key",
                            task))
                    .containsExactly("pending steps_in_process", "steps_in_process blocked_by_failures");
        }
    }

    @Test
    void successAndPermanentFailureInOneCallStartNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("together", "a", "b", "c:b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignments running = worker.next(2);
            var failed = worker.session().complete(running.of("a"), Results.permanent());
            var succeeded = worker.session().complete(running.of("b"), StepResult.success("1"));
            HandDrivenWorker.answer(failed);
            HandDrivenWorker.answer(succeeded);
            assertThat(node.states(task)).containsExactly("a=error", "b=complete", "c=pending");
        }
    }

    @Test
    void enqueuedStepOfABlockedTaskMayStillBeClaimed(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("queued", "a", "b");
            HandDrivenWorker worker = node.worker(1, "a");
            UUID task = node.create(template);
            worker.failForGood(worker.next("a"));
            assertThat(node.states(task)).containsExactly("a=error", "b=enqueued");
            HandDrivenWorker other = node.worker(1, "b");
            other.run("b");
            assertThat(node.states(task)).containsExactly("a=error", "b=complete");
        }
    }

    @Test
    void dueRetryOfABlockedTaskWaits(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("waits", "a", "b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignments running = worker.next(2);
            worker.report(running.of("a"), Results.retryAfter(ofSeconds(60)));
            worker.failForGood(running.of("b"));
            database.advance(ofSeconds(60));
            Eventually.equals(
                    "its timers",
                    List.of(),
                    () -> database.query("SELECT due_at FROM tasker.timers WHERE task_uuid = ?", task));
            assertThat(node.states(task)).containsExactly("a=waiting_for_retry", "b=error");
            assertThat(node.step(task, "a").readyForExecution()).isTrue();
            assertThat(worker.poll(100)).isNull();
        }
    }

    @Test
    void retryableFailureInABlockedTaskIsRecorded(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("late", "a", "b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignments running = worker.next(2);
            worker.failForGood(running.of("b"));
            assertThat(worker.failRetryably(running.of("a"))).isEqualTo(Completion.ACCEPTED);
            assertThat(node.states(task)).containsExactly("a=waiting_for_retry", "b=error");
            assertThat(node.task(task).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
        }
    }

    @Test
    void otherTasksAreNotConcerned(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("apart", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID bad = node.create(template.request("{\"n\":1}"));
            worker.failForGood(worker.next("a"));
            UUID good = node.create(template.request("{\"n\":2}"));
            worker.run("a");
            worker.run("b");
            assertThat(node.task(bad).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
            assertThat(node.task(good).state()).isEqualTo(TaskState.COMPLETE);
        }
    }
}
