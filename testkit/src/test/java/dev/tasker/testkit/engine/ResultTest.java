package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of reported results (04 §9.6). */
@ExtendWith(DatabaseExtension.class)
class ResultTest {
    private static final StepResult SUCCESS = StepResult.success("1");

    @Test
    void repeatedResultIsADuplicateAndChangesNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("twice", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment assignment = worker.run("a");
            String stored = String.valueOf(node.step(task, "a").result());
            assertThat(worker.succeed(assignment, "\"other\"")).isEqualTo(Completion.DUPLICATE);
            assertThat(worker.failForGood(assignment)).isEqualTo(Completion.DUPLICATE);
            assertThat(node.step(task, "a").result()).isEqualTo(stored);
            worker.run("b");
            assertThat(worker.succeed(assignment, "1")).as("of a complete task").isEqualTo(Completion.DUPLICATE);
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(database.query(
                            "SELECT count(*) FROM tasker.workflow_step_result_audit WHERE task_uuid = ?", task))
                    .containsExactly("2");
        }
    }

    @Test
    void repeatedFailureIsADuplicateEvenAfterItsRetryBegan(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.register(node.draft("again").step("a", "retry: {max_attempts: 3, backoff: none}"));
            HandDrivenWorker worker = node.worker(1);
            node.create(template);
            Assignment first = worker.next();
            assertThat(worker.failRetryably(first)).isEqualTo(Completion.ACCEPTED);
            Assignment second = worker.next();
            assertThat(worker.failRetryably(first)).as("an older lease").isEqualTo(Completion.STALE_LEASE);
            assertThat(worker.succeed(second, "1")).isEqualTo(Completion.ACCEPTED);
        }
    }

    @Test
    void resultsOfOneLeaseSentTogetherCountOnce(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("burst", "a");
            HandDrivenWorker worker = node.worker(1);
            node.create(template);
            Assignment assignment = worker.next();
            List<CompletableFuture<Completion>> answers = java.util.stream.IntStream.range(0, 20)
                    .mapToObj(_ -> worker.session().complete(assignment, SUCCESS))
                    .toList();
            List<Completion> completions =
                    answers.stream().map(HandDrivenWorker::answer).toList();
            assertThat(completions).containsOnlyOnce(Completion.ACCEPTED);
            assertThat(completions.stream().filter(Completion.DUPLICATE::equals))
                    .hasSize(19);
            assertThat(node.engine().metrics().freeSlots()).isEqualTo(1);
        }
    }

    @Test
    void resultForNoStepIsInvalid(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("none", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment assignment = worker.next();
            UUID beyond = new UUID(task.getMostSignificantBits(), task.getLeastSignificantBits() + 3);
            List<UUID> nothing = List.of(
                    task,
                    beyond,
                    UUID.randomUUID(),
                    new UUID(0, 0),
                    new UUID(-1, -1),
                    new UUID(task.getMostSignificantBits(), task.getLeastSignificantBits() | 0xFFFFF),
                    new UUID(Long.MIN_VALUE, Long.MAX_VALUE));
            for (UUID uuid : nothing) {
                for (StepResult result : List.of(SUCCESS, Results.retryable(), Results.permanent())) {
                    assertThat(worker.report(uuid, 1, result)).as("%s", uuid).isEqualTo(Completion.INVALID);
                }
            }
            assertThat(node.states(task)).containsExactly("a=in_progress", "b=pending");
            assertThat(worker.succeed(assignment, "1")).isEqualTo(Completion.ACCEPTED);
        }
    }

    @Test
    void resultUnderATokenThatWasNeverGivenIsRefused(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("forged", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment a = worker.next();
            UUID b = node.step(task, "b").stepUuid();
            for (int token : new int[] {0, -1, 1, 7, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                assertThat(worker.report(b, token, SUCCESS))
                        .as("token %s", token)
                        .isEqualTo(Completion.INVALID);
            }
            assertThat(worker.report(a.stepUuid(), 2, SUCCESS)).isEqualTo(Completion.INVALID);
            assertThat(worker.report(a.stepUuid(), 0, SUCCESS)).isIn(Completion.INVALID, Completion.STALE_LEASE);
            assertThat(node.states(task)).containsExactly("a=in_progress", "b=pending");
            assertThat(worker.succeed(a, "1")).isEqualTo(Completion.ACCEPTED);
        }
    }

    @Test
    void resultThatCannotBeStoredIsInvalidAndItsLeaseStays(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("poison", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment assignment = worker.next();
            assertThat(worker.succeed(assignment, "\"\0\"")).isEqualTo(Completion.INVALID);
            assertThat(node.states(task)).containsExactly("a=in_progress");
            assertThat(worker.failForGood(assignment)).isEqualTo(Completion.ACCEPTED);
            assertThat(node.states(task)).containsExactly("a=error");
        }
    }

    @Test
    void anotherSessionMayReportALeaseItKnows(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("relay", "a");
            HandDrivenWorker holder = node.worker(1);
            UUID task = node.create(template);
            Assignment assignment = holder.next();
            HandDrivenWorker other = node.worker(0);
            assertThat(other.report(assignment.stepUuid(), assignment.leaseToken(), SUCCESS))
                    .isEqualTo(Completion.ACCEPTED);
            assertThat(database.query(
                            "SELECT worker_uuid FROM tasker.workflow_step_result_audit WHERE task_uuid = ?", task))
                    .containsExactly(other.uuid().toString());
            holder.session().heartbeat();
            assertThat(holder.nextLost()).isEqualTo(assignment);
            assertThat(holder.succeed(assignment, "1")).isEqualTo(Completion.DUPLICATE);
        }
    }

    @Test
    void resultDocumentIsStoredVerbatim(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("verbatim", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            String document = "{\"success\": true, "
                    + " \"result\":{\"x\":1,\"x\":2,\"nul\":\"\\u0000\",\"n\":1.10,\"e\":\"\uD83D\uDE00\"}}";
            worker.report(worker.next(), new StepResult(true, false, 3, null, document));
            assertThat(node.step(task, "a").result()).isEqualTo(document);
            assertThat(worker.next().dependencyResults()).containsEntry("a", document);
        }
    }
}
