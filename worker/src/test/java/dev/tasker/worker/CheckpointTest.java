package dev.tasker.worker;

import static dev.tasker.worker.Assignments.assignment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.worker.HandDrivenSource.Completion;
import dev.tasker.worker.HandDrivenSource.Saving;
import dev.tasker.worker.HandDrivenSource.Session;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Progress on its way from the handler to the source (02 §7.5, 04 §4.6). */
@Timeout(30)
class CheckpointTest {

    private static StepResult yieldAtTen(StepContext context) {
        return StepResult.checkpointYield(10, 10, Map.of("sum", 55));
    }

    private static StepResult keepThenSucceed(StepContext context) throws InterruptedException {
        context.saveCheckpoint("row-5", 5, null);
        return StepResult.success("done");
    }

    @Test
    void yieldIsSavedInPlaceOfAResultAndFreesItsSlot() {
        try (var fixture = new WorkerFixture(CheckpointTest::yieldAtTen)) {
            Assignment assignment = assignment();
            fixture.session.assign(assignment);

            Saving saving = HandDrivenSource.take(fixture.session.savings);

            assertThat(saving.assignment()).isEqualTo(assignment);
            assertThat(saving.yields()).isTrue();
            assertThat(saving.checkpoint()).isEqualTo(new Checkpoint("10", 10, "{\"sum\":55}"));
            fixture.await("yielded ACCEPTED");
            assertThat(fixture.session.credit).hasValue(2);
            assertThat(fixture.session.completions).isEmpty();
            assertThat(fixture.worker.statistics().yielded()).isEqualTo(1);
            assertThat(fixture.worker.statistics().finished()).isZero();
        }
    }

    @Test
    void unansweredYieldGoesThroughTheNextSession() {
        try (var fixture = new WorkerFixture(CheckpointTest::yieldAtTen)) {
            fixture.source.answersAtOnce = false;
            fixture.session.assign(assignment());
            Saving first = HandDrivenSource.take(fixture.session.savings);
            first.answer().completeExceptionally(new IllegalStateException("gone"));

            fixture.session.cut();
            Session successor = fixture.source.nextSession();
            Saving second = HandDrivenSource.take(successor.savings);

            assertThat(second.checkpoint()).isEqualTo(first.checkpoint());
            second.answer().complete(CompletionStatus.ACCEPTED);
            fixture.await("yielded ACCEPTED");
        }
    }

    @Test
    void refusedYieldBecomesARetryableCheckpointError() {
        try (var fixture = new WorkerFixture(CheckpointTest::yieldAtTen)) {
            fixture.source.answersAtOnce = false;
            fixture.session.assign(assignment());
            HandDrivenSource.take(fixture.session.savings).answer().complete(CompletionStatus.INVALID);

            Completion failure = fixture.session.nextCompletion();

            assertThat(failure.report().errorType()).isEqualTo("checkpoint_error");
            assertThat(failure.report().retryable()).isTrue();
            assertThat(failure.report().document()).contains("Checkpoint yield failed: ");
            failure.answer().complete(CompletionStatus.ACCEPTED);
        }
    }

    @Test
    void yieldWithoutAnAnswerIsGivenUpAfterTenSeconds() {
        try (var fixture = new WorkerFixture(CheckpointTest::yieldAtTen)) {
            fixture.source.answersAtOnce = false;
            fixture.session.assign(assignment());
            HandDrivenSource.take(fixture.session.savings);

            Completion failure = HandDrivenSource.take(fixture.session.completions, 20);

            assertThat(failure.report().errorType()).isEqualTo("checkpoint_error");
            failure.answer().complete(CompletionStatus.ACCEPTED);
        }
    }

    @Test
    void valueThatCannotBeWrittenIsACheckpointError() {
        Map<String, Object> unwritable = new HashMap<>();
        unwritable.put("self", unwritable);
        try (var fixture = new WorkerFixture(context -> StepResult.checkpointYield(unwritable, 1, null))) {
            Completion failure = fixture.run(assignment());

            assertThat(failure.report().errorType()).isEqualTo("checkpoint_error");
            assertThat(failure.report().retryable()).isTrue();
        }
    }

    @Test
    void runningHandlerGoesOnWhenItsCheckpointIsSaved() {
        try (var fixture = new WorkerFixture(CheckpointTest::keepThenSucceed)) {
            fixture.source.answersAtOnce = false;
            fixture.session.assign(assignment());
            Saving saving = HandDrivenSource.take(fixture.session.savings);
            assertThat(saving.yields()).isFalse();
            assertThat(saving.checkpoint()).isEqualTo(new Checkpoint("\"row-5\"", 5, null));
            assertThat(fixture.session.completions).isEmpty();

            saving.answer().complete(CompletionStatus.ACCEPTED);

            Completion result = fixture.session.nextCompletion();
            assertThat(result.report().success()).isTrue();
            result.answer().complete(CompletionStatus.ACCEPTED);
            assertThat(fixture.worker.statistics().checkpointed()).isEqualTo(1);
        }
    }

    @Test
    void runningHandlerWhoseCheckpointIsRefusedFailsWithACheckpointError() {
        try (var fixture = new WorkerFixture(CheckpointTest::keepThenSucceed)) {
            fixture.source.answersAtOnce = false;
            fixture.session.assign(assignment());
            HandDrivenSource.take(fixture.session.savings).answer().complete(CompletionStatus.STALE_LEASE);

            Completion failure = fixture.session.nextCompletion();

            assertThat(failure.report().errorType()).isEqualTo("checkpoint_error");
            assertThat(failure.report().document())
                    .contains("Checkpoint yield failed: the source answered STALE_LEASE");
            failure.answer().complete(CompletionStatus.STALE_LEASE);
        }
    }

    @Test
    void checkpointOfARunningHandlerGoesThroughTheNextSession() {
        try (var fixture = new WorkerFixture(CheckpointTest::keepThenSucceed)) {
            fixture.source.answersAtOnce = false;
            fixture.session.assign(assignment());
            Saving lost = HandDrivenSource.take(fixture.session.savings);
            fixture.session.cut();
            lost.answer().completeExceptionally(new IllegalStateException("gone"));
            Session successor = fixture.source.nextSession();

            HandDrivenSource.take(successor.savings).answer().complete(CompletionStatus.ACCEPTED);

            successor.nextCompletion().answer().complete(CompletionStatus.ACCEPTED);
        }
    }
}
