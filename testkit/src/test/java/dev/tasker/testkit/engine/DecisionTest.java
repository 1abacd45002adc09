package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.GraphConfig;
import dev.tasker.engine.GraphMetrics.OutcomeType;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.Assignments;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Decision steps add the steps they name, in the transaction that completes them (02 §6). */
@ExtendWith(DatabaseExtension.class)
class DecisionTest {
    private static final String DECISION = "type: decision";
    private static final String CONVERGENCE = "type: deferred_convergence";

    private static String create(String... names) {
        return "{\"decision_point_outcome\":{\"type\":\"create_steps\",\"step_names\":["
                + Arrays.stream(names).map(name -> '"' + name + '"').collect(Collectors.joining(",")) + "]}}";
    }

    private static TemplateFixture approval(TestNode node) {
        return node.register(node.draft("approval", "validate")
                .step("route:validate", DECISION)
                .step("auto:route", "")
                .step("manager:route", "")
                .step("finance:route", "")
                .step("finish:auto,manager,finance", CONVERGENCE));
    }

    @Test
    void taskBeginsWithoutBranchesAndEndsWithThoseChosen(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = approval(node);
            HandDrivenWorker worker = node.worker(4);
            UUID task = node.create(template);
            assertThat(node.states(task)).containsExactly("validate=in_progress", "route=pending");

            worker.run("validate");
            worker.succeed(worker.next("route"), create("manager", "finance"));
            assertThat(node.states(task))
                    .containsExactly(
                            "validate=complete",
                            "route=complete",
                            "manager=in_progress",
                            "finance=in_progress",
                            "finish=pending");
            Assignments branches = worker.next(2);
            worker.succeed(branches.of("finance"), "\"f\"");
            assertThat(node.step(task, "finish").state()).isEqualTo(StepState.PENDING);
            worker.succeed(branches.of("manager"), "\"m\"");
            Assignment finish = worker.next("finish");
            assertThat(finish.dependencyResults())
                    .containsOnlyKeys("validate", "route", "manager", "finance")
                    .hasEntrySatisfying("finance", result -> assertThat(result).contains("\"f\""));
            worker.succeed(finish, "1");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void decisionWithoutBranchesEndsTheTask(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(approval(node).with("identity_strategy: always_unique"));
            HandDrivenWorker worker = node.worker(1);
            for (String result :
                    new String[] {"{\"decision_point_outcome\":{\"type\":\"no_branches\"}}", "{}", create()}) {
                UUID task = node.create(template);
                worker.run("validate");
                worker.succeed(worker.next("route"), result);
                assertThat(node.states(task)).containsExactly("validate=complete", "route=complete");
                assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            }
            assertThat(node.engine().graphMetrics().outcomesProcessed())
                    .containsEntry(OutcomeType.NO_BRANCHES, 2L)
                    .containsEntry(OutcomeType.UNSAID, 1L);
            assertThat(node.engine().graphMetrics().warnings()).containsEntry("missing_outcome", 1L);
        }
    }

    @Test
    void invalidOutcomeFailsTheDecisionForGoodAndSaysWhy(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = approval(node);
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.run("validate");
            assertThat(worker.succeed(worker.next("route"), create("auto", "validate")))
                    .isEqualTo(Completion.ACCEPTED);
            assertThat(node.states(task)).containsExactly("validate=complete", "route=error");
            assertThat(node.task(task).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
            assertThat(node.step(task, "route").result()).contains("decision_point_outcome");
            assertThat(database.query(
                            "SELECT detail FROM tasker.step_history WHERE task_uuid = ? AND to_state ="
                                    + " tasker.step_state('error')",
                            task))
                    .singleElement()
                    .asString()
                    .contains(
                            "\"reason\":\"invalid_descendant\"",
                            "decision 'route' names 'validate' (expected: one of [auto, manager, finance, finish]");
        }
    }

    @Test
    void nestedDecisionHoldsTheConvergenceBack(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("nested", "start")
                    .step("first:start", DECISION)
                    .step("senior:first", "")
                    .step("second:first", DECISION)
                    .step("legal:second", "")
                    .step("finish:senior,legal", CONVERGENCE)
                    .step("tell:finish", ""));
            HandDrivenWorker worker = node.worker(4);
            UUID task = node.create(template);
            worker.run("start");
            worker.succeed(worker.next("first"), create("senior", "second"));
            Assignments both = worker.next(2);
            worker.succeed(both.of("senior"), "1");
            assertThat(node.states(task))
                    .containsExactly(
                            "start=complete",
                            "first=complete",
                            "senior=complete",
                            "second=in_progress",
                            "finish=pending",
                            "tell=pending");
            worker.succeed(both.of("second"), create("legal"));
            assertThat(node.step(task, "finish").state()).isEqualTo(StepState.PENDING);
            assertThat(node.step(task, "finish").totalParents()).isEqualTo(3);
            worker.run("legal");
            assertThat(worker.next("finish").dependencyResults())
                    .containsOnlyKeys("start", "first", "senior", "second", "legal");
        }
    }

    @Test
    void parallelDecisionsOnTwoNodesExpandOneTask(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                TestNode other = node.another()) {
            TemplateFixture template = node.register(node.draft("twins")
                    .step("left", "type: standard")
                    .step("one:left", DECISION)
                    .step("two:left", DECISION)
                    .step("a:one", "")
                    .step("b:two", "")
                    .step("finish:a,b", CONVERGENCE));
            HandDrivenWorker first = node.worker(1, "left", "one");
            HandDrivenWorker second = other.worker(1, "two");
            UUID task = node.create(template);
            first.run("left");
            Assignment one = first.next("one");
            Assignment two = second.next("two");
            assertThat(first.succeed(one, create("a"))).isEqualTo(Completion.ACCEPTED);
            assertThat(second.succeed(two, create("b"))).isEqualTo(Completion.ACCEPTED);
            assertThat(node.states(task))
                    .containsExactly(
                            "left=complete",
                            "one=complete",
                            "two=complete",
                            "a=enqueued",
                            "b=enqueued",
                            "finish=pending");
            HandDrivenWorker rest = node.worker(3);
            Assignments branches = rest.next(2);
            rest.succeed(branches.of("a"), "1");
            assertThat(node.step(task, "finish").state()).isEqualTo(StepState.PENDING);
            rest.succeed(branches.of("b"), "1");
            rest.run("finish");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void staleResultOfADecisionAddsNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = approval(node);
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.run("validate");
            Assignment route = worker.next("route");
            HandDrivenWorker next = node.worker(1);
            node.runOut(worker);
            Assignment again = next.next("route");
            assertThat(worker.succeed(route, create("auto"))).isEqualTo(Completion.STALE_LEASE);
            assertThat(node.states(task)).containsExactly("validate=complete", "route=in_progress");
            next.succeed(again, create("manager"));
            assertThat(next.succeed(again, create("manager"))).isEqualTo(Completion.DUPLICATE);
            assertThat(node.states(task))
                    .containsExactly("validate=complete", "route=complete", "manager=in_progress", "finish=pending");
        }
    }

    @Test
    void switchedOffDecisionsCreateNothing(TestDatabase database) {
        GraphConfig off = new GraphConfig(false, 100, 50, 20, 10, true, 50);
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withGraph(off))) {
            TemplateFixture template = approval(node);
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.run("validate");
            worker.succeed(worker.next("route"), create("auto"));
            assertThat(node.states(task)).containsExactly("validate=complete", "route=complete");
        }
    }

    @Test
    void decisionNearALimitIsCountedAsAWarning(TestDatabase database) {
        GraphConfig near = new GraphConfig(true, 3, 2, 20, 10, true, 50);
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withGraph(near))) {
            TemplateFixture template = approval(node);
            HandDrivenWorker worker = node.worker(1);
            node.create(template);
            worker.run("validate");
            worker.succeed(worker.next("route"), create("auto", "manager"));
            assertThat(node.engine().graphMetrics().warnings())
                    .containsEntry("step_count", 1L)
                    .containsEntry("depth", 0L);
        }
    }
}
