package dev.tasker.testkit.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.GraphMetrics.OutcomeType;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.Assignments;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A decision or batchable step that an operator completes adds the steps its result asks for, as a worker's would (01 §2.7). */
@ExtendWith(DatabaseExtension.class)
class ManualOutcomeTest {
    private static final String LEFT =
            "{\"decision_point_outcome\":{\"type\":\"create_steps\",\"step_names\":[\"left\"]}}";
    private static final String RIGHT =
            "{\"decision_point_outcome\":{\"type\":\"create_steps\",\"step_names\":[\"right\"]}}";
    private static final String ELSEWHERE =
            "{\"decision_point_outcome\":{\"type\":\"create_steps\",\"step_names\":[\"nowhere\"]}}";
    private static final String TWO_BATCHES =
            "{\"batch_processing_outcome\":{\"type\":\"create_batches\",\"worker_template_name\":\"work\",\"worker_count\":2,"
                + "\"cursor_configs\":[{\"batch_id\":\"001\"},{\"batch_id\":\"002\"}]}}";

    private static TemplateFixture decision(TestNode node) {
        return node.register(node.draft("by_hand", "check")
                .step("route:check", "type: decision")
                .step("left:route", "")
                .step("right:route", "")
                .step("finish:left,right", "type: deferred_convergence"));
    }

    @Test
    void failedDecisionIsTakenByHandAndItsBranchRuns(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = decision(node);
            HandDrivenWorker worker = node.worker(4);
            UUID task = node.create(template);
            worker.run("check");
            worker.succeed(worker.next("route"), ELSEWHERE);
            assertThat(node.task(task).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);

            Actions.done(node, task, "route", Actions.complete(LEFT));

            Assignment left = worker.next("left");
            assertThat(node.states(task))
                    .containsExactly("check=complete", "route=complete", "left=in_progress", "finish=pending");
            worker.succeed(left, "1");
            worker.run("finish");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(node.engine().graphMetrics().outcomesProcessed()).containsEntry(OutcomeType.CREATE_STEPS, 1L);
            assertThat(node.engine().graphMetrics().stepsCreated()).isEqualTo(2);
            assertThat(node.engine().graphMetrics().refusals()).containsEntry("step_not_found", 1L);
        }
    }

    @Test
    void decisionCompletedBeforeItsTimeStartsItsBranchAtOnce(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = decision(node);
            HandDrivenWorker worker = node.worker(4);
            UUID task = node.create(template);
            Assignment check = worker.next("check");

            Actions.done(node, task, "route", Actions.complete(RIGHT));

            Assignment right = worker.next("right");
            worker.succeed(check, "1");
            worker.succeed(right, "2");
            worker.run("finish");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void resultThatAsksForWhatCannotBeAddedIsRefusedAndChangesNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = decision(node);
            UUID task = node.create(template);
            List<String> before = node.states(task);

            ActionOutcome outcome = Actions.act(node, task, "route", Actions.complete(ELSEWHERE));

            assertThat(outcome).isInstanceOfSatisfying(ActionOutcome.Refused.class, refused -> {
                assertThat(refused.kind()).isEqualTo(ErrorCode.Kind.CALLER);
                assertThat(refused.reason())
                        .isEqualTo(
                                "Cannot manually complete step: decision 'route' names 'nowhere' (expected: a step of"
                                        + " the template)");
            });
            assertThat(node.states(task)).isEqualTo(before);
        }
    }

    @Test
    void batchCutByHandRunsItsInstances(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("cut_by_hand")
                    .step("cut", "type: batchable")
                    .step("work:cut", "type: batch_worker")
                    .step("sum:work", "type: deferred_convergence"));
            HandDrivenWorker worker = node.worker(4);
            UUID task = node.create(template);
            Assignment cut = worker.next("cut");

            Actions.done(node, task, "cut", Actions.complete(TWO_BATCHES));

            assertThat(worker.succeed(cut, "1")).isEqualTo(Completion.STALE_LEASE);
            Assignments instances = worker.next(2);
            worker.succeed(instances.of("work_001"), "1");
            worker.succeed(instances.of("work_002"), "2");
            worker.run("sum");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void growthBehindAnothersIsPlannedAnew(TestDatabase database) {
        try (TestNode first = TestNode.open(database);
                TestNode second = TestNode.open(database)) {
            TemplateFixture template = first.register(first.draft("two_decisions", "check")
                    .step("a:check", "type: decision")
                    .step("b:check", "type: decision")
                    .step("left:a", "")
                    .step("right:b", "")
                    .step("finish:left,right", "type: deferred_convergence"));
            HandDrivenWorker worker = first.worker(4);
            UUID task = first.create(template);
            worker.run("check");
            Assignments both = worker.next(2);
            worker.succeed(both.of("a"), LEFT);

            // the second node supposes a task to which nothing was added
            Actions.done(second, task, "b", Actions.complete(RIGHT));

            assertThat(worker.succeed(both.of("b"), "1")).isEqualTo(Completion.STALE_LEASE);
            Assignments branches = worker.next(2);
            worker.succeed(branches.of("left"), "1");
            assertThat(first.states(task)).contains("finish=pending");
            worker.succeed(branches.of("right"), "2");
            worker.run("finish");
            assertThat(first.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }
}
