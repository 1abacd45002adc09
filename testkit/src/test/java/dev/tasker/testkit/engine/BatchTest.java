package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.GraphConfig;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Batchable steps add one instance of their worker per cursor, in the transaction that completes them (02 §7). */
@ExtendWith(DatabaseExtension.class)
class BatchTest {

    private static TemplateFixture csv(TestNode node, int parallelism) {
        return node.register(node.draft("csv")
                .step("analyze", "type: batchable")
                .step(
                        "work:analyze",
                        "type: batch_worker\nbatch_config: {parallelism: " + parallelism
                                + ", cursor_field: row, worker_template: work, failure_strategy: fail_fast}")
                .step("sum:work", "type: deferred_convergence")
                .step("tell:sum", ""));
    }

    /** An outcome that asks for so many instances of {@code work}. */
    static String batches(int count) {
        return "{\"batch_processing_outcome\":{\"type\":\"create_batches\",\"worker_template_name\":\"work\",\"worker_count\":"
                + count + ",\"total_items\":" + count * 10 + ",\"cursor_configs\":["
                + IntStream.rangeClosed(1, count)
                        .mapToObj(
                                "{\"batch_id\":\"%1$03d\",\"start_cursor\":%1$d0,\"end_cursor\":%1$d9,\"batch_size\":10}"
                                        ::formatted)
                        .collect(Collectors.joining(","))
                + "]}}";
    }

    @Test
    void oneInstancePerCursorThenConvergence(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = csv(node, 10);
            HandDrivenWorker worker = node.worker(3);
            UUID task = node.create(template);
            worker.succeed(worker.next("analyze"), batches(2));
            List<Assignment> instances = worker.next(2).all();
            assertThat(node.states(task))
                    .containsExactly(
                            "analyze=complete",
                            "sum=pending",
                            "tell=pending",
                            "work_001=in_progress",
                            "work_002=in_progress");
            for (Assignment instance : instances) {
                assertThat(instance.step().templateStepName()).isEqualTo("work");
                assertThat(instance.step().callable()).isEqualTo("work");
                assertThat(instance.dependencyResults()).containsOnlyKeys("analyze");
                String id = instance.step().name().substring(5);
                assertThat(instance.step().inputs())
                        .isEqualTo("{\"cursor\":{\"batch_id\":\"" + id + "\",\"start_cursor\":"
                                + Integer.parseInt(id) + "0,\"end_cursor\":" + Integer.parseInt(id)
                                + "9,\"batch_size\":10},\"batch_metadata\":{\"cursor_field\":\"row\","
                                + "\"failure_strategy\":\"fail_fast\"},\"is_no_op\":false,"
                                + "\"__template_step_name\":\"work\"}");
                worker.succeed(instance, "{\"items_processed\":10}");
            }
            assertThat(worker.next("sum").dependencyResults()).containsOnlyKeys("analyze", "work_001", "work_002");
            assertThat(database.query(
                            "SELECT name, count(*)::int FROM tasker.workflow_step_edges WHERE from_step_uuid IN"
                                + " (SELECT tasker.step_uuid(task_uuid, step_index) FROM tasker.workflow_steps WHERE"
                                + " task_uuid = ?) GROUP BY name ORDER BY name",
                            task))
                    .hasSize(3);
        }
    }

    @Test
    void neverMoreInstancesThanSlotsAreOnTheirWay(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = csv(node, 3);
            HandDrivenWorker worker = node.worker(20);
            UUID task = node.create(template);
            worker.succeed(worker.next("analyze"), batches(8));
            for (int left = 8; left > 0; left--) {
                List<StepView> instances = node.engine().steps(task).stream()
                        .filter(step -> step.name().startsWith("work_"))
                        .toList();
                assertThat(instances).hasSize(8);
                assertThat(instances.stream()
                                .filter(step ->
                                        step.state() != StepState.PENDING && step.state() != StepState.COMPLETE))
                        .hasSize(Math.min(3, left));
                Assignment instance = worker.next();
                if (left == 5) { // a failure keeps its slot while it waits for its retry
                    worker.failRetryably(instance);
                    assertThat(node.engine().steps(task).stream()
                                    .filter(step -> step.state() == StepState.ENQUEUED
                                            || step.state() == StepState.IN_PROGRESS))
                            .hasSize(2);
                    database.advance(Duration.ofMinutes(1));
                    instance = worker.next();
                }
                worker.succeed(instance, "1");
            }
            worker.run("sum");
            worker.run("tell");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void nothingToProcessRunsOnePlaceholderWhereItsWorkerIsNamed(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            String handler = "handler: {callable: analyze, initialization: {worker_template_name: work}}";
            TaskTemplate template = TemplateParser.parse("named.yaml", """
                name: named
                namespace_name: %s
                version: "1.0.0"
                steps:
                  - {name: analyze, type: batchable, %s}
                  - {name: work, type: batch_worker, dependencies: [analyze], handler: {callable: work}}
                  - {name: sum, type: deferred_convergence, dependencies: [work], handler: {callable: sum}}
                """.formatted(node.namespace(), handler))
                    .template();
            node.engine().register(template);
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(TaskRequest.of(node.namespace(), "named", "1.0.0", "{}"));
            worker.succeed(worker.next("analyze"), "{\"batch_processing_outcome\":{\"type\":\"no_batches\"}}");
            Assignment placeholder = worker.next("work_000");
            assertThat(placeholder.step().inputs())
                    .contains("\"is_no_op\":true", "\"start_cursor\":0,\"end_cursor\":0,\"batch_size\":0");
            worker.succeed(placeholder, "{\"no_op\":true}");
            worker.run("sum");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void nothingToProcessCreatesNothingWhereNoWorkerIsNamed(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = csv(node, 2);
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.succeed(worker.next("analyze"), "{\"batch_processing_outcome\":{\"type\":\"no_batches\"}}");
            assertThat(node.states(task)).containsExactly("analyze=complete");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void failedInstanceBlocksTheConvergence(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = csv(node, 2);
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            worker.succeed(worker.next("analyze"), batches(3));
            worker.failForGood(worker.next("work_001"));
            worker.run("work_002");
            assertThat(node.states(task))
                    .containsExactly(
                            "analyze=complete",
                            "sum=pending",
                            "tell=pending",
                            "work_001=error",
                            "work_002=complete",
                            "work_003=pending");
            assertThat(node.task(task).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
        }
    }

    @Test
    void tenThousandInstancesFromOneOutcome(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = csv(node, 1000);
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.succeed(worker.next("analyze"), batches(10_000));
            assertThat(node.task(task).steps()).hasSize(10_003);
            assertThat(node.step(task, "sum").totalParents()).isEqualTo(10_000);
            assertThat(worker.next("work_001").dependencyResults()).containsOnlyKeys("analyze");
        }
    }

    @Test
    void switchedOffBatchesRefuseTheTask(TestDatabase database) {
        GraphConfig off = new GraphConfig(true, 100, 50, 20, 10, false, 50);
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withGraph(off))) {
            TemplateFixture template = csv(node, 2);
            assertThatThrownBy(() -> node.create(template))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.SWITCHED_OFF));
        }
    }
}
