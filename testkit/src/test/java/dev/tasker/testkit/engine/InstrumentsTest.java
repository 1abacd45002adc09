package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.engine.meter.Instrument.Kind;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a node measures, under the names of 03 §4.2. */
@ExtendWith(DatabaseExtension.class)
class InstrumentsTest {

    @Test
    void tasksAndStepsAreCountedByTemplateAndNamespace(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("pair", "first", "second:first");
            HandDrivenWorker worker = node.worker(1);
            node.create(template.request("{\"n\":0}"));
            worker.run("first");
            worker.run("second");
            node.create(template.request("{\"n\":1}"));
            worker.failForGood(worker.next("first"));

            String namespace = node.namespace();
            assertThat(instrument(node, "tasks.requests").values()).containsEntry(List.of("pair", namespace), 2L);
            assertThat(instrument(node, "tasks.completions").values()).containsEntry(List.of(namespace), 1L);
            assertThat(instrument(node, "tasks.failures").values()).containsEntry(List.of(namespace), 1L);
            assertThat(instrument(node, "steps.enqueued").values())
                    .containsEntry(List.of(namespace, "first"), 2L)
                    .containsEntry(List.of(namespace, "second"), 1L);
            assertThat(instrument(node, "steps.results_processed").values())
                    .containsEntry(List.of("success"), 2L)
                    .containsEntry(List.of("error"), 1L)
                    .containsEntry(List.of("timeout"), 0L);
        }
    }

    @Test
    void durationsOfEveryPhaseAreMeasured(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("single", "only");
            HandDrivenWorker worker = node.worker(1);
            node.create(template.request("{\"n\":2}"));
            worker.run("only");
            node.create(template.request("{\"n\":3}"));
            worker.failForGood(worker.next("only"));

            assertThat(count(node, "task.initialization.duration", "single")).isEqualTo(2);
            assertThat(count(node, "step_result.processing.duration", "success"))
                    .isEqualTo(1);
            assertThat(count(node, "step_result.processing.duration", "error")).isEqualTo(1);
            assertThat(count(node, "task.finalization.duration", "complete")).isEqualTo(1);
            assertThat(count(node, "task.finalization.duration", "error")).isEqualTo(1);
            assertThat(count(node, "task.completion_duration", node.namespace(), "complete"))
                    .isEqualTo(1);
            assertThat(count(node, "task.completion_duration", node.namespace(), "error"))
                    .isEqualTo(1);
            Instrument initialization = instrument(node, "task.initialization.duration");
            assertThat(initialization.kind()).isEqualTo(Kind.HISTOGRAM);
            assertThat(initialization.unit()).isEqualTo("ms");
            assertThat(initialization.distributions().get(List.of("single")))
                    .satisfies(sizes -> assertThat(sizes.total()).isPositive());
        }
    }

    @Test
    void creationThatIsADuplicateIsARequestButEnqueuesNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("single", "only");
            node.create(template.request("{}").withIdempotencyKey("k"));
            node.engine().create(template.request("{}").withIdempotencyKey("k")).join();

            assertThat(instrument(node, "tasks.requests").values())
                    .containsEntry(List.of("single", node.namespace()), 2L);
            assertThat(instrument(node, "steps.enqueued").values())
                    .containsEntry(List.of(node.namespace(), "only"), 1L);
        }
    }

    @Test
    void decisionsAreCountedByTheirName(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("choice")
                    .step("begin", "")
                    .step("route:begin", "type: decision")
                    .step("left:route", "")
                    .step("right:route", ""));
            HandDrivenWorker worker = node.worker(2);
            node.create(template.request("{\"n\":4}"));
            worker.run("begin");
            worker.succeed(worker.next("route"), outcome("left", "right"));
            worker.next(2).all().forEach(branch -> worker.succeed(branch, "1"));
            node.create(template.request("{\"n\":5}"));
            worker.run("begin");
            worker.succeed(worker.next("route"), outcome("nowhere"));

            assertThat(instrument(node, "decision_points.outcomes_processed").values())
                    .containsEntry(List.of("route", "create_steps"), 1L);
            assertThat(instrument(node, "decision_points.steps_created").values())
                    .containsEntry(List.of("route"), 2L);
            assertThat(instrument(node, "decision_points.validation_errors").values())
                    .containsEntry(List.of("route", "step_not_found"), 1L);
            assertThat(count(node, "decision_point.processing.duration", "route"))
                    .isEqualTo(1);
            assertThat(instrument(node, "decision_point.step_count")
                            .distributions()
                            .get(List.of("route")))
                    .satisfies(sizes -> {
                        assertThat(sizes.count()).isEqualTo(1);
                        assertThat(sizes.total()).isEqualTo(2);
                    });
            assertThat(instrument(node, "steps.enqueued").values())
                    .containsEntry(List.of(node.namespace(), "left"), 1L);
        }
    }

    @Test
    void instancesOfABatchCountForTheirWorker(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("csv")
                    .step("analyze", "type: batchable")
                    .step(
                            "work:analyze",
                            "type: batch_worker\n"
                                    + "batch_config: {parallelism: 10, cursor_field: row, worker_template: work,"
                                    + " failure_strategy: fail_fast}")
                    .step("sum:work", "type: deferred_convergence"));
            HandDrivenWorker worker = node.worker(3);
            node.create(template.request("{\"n\":6}"));
            worker.succeed(worker.next("analyze"), BatchTest.batches(3));
            worker.next(3);

            assertThat(instrument(node, "steps.enqueued").values())
                    .containsEntry(List.of(node.namespace(), "work"), 3L)
                    .containsEntry(List.of(node.namespace(), "sum"), 0L);
        }
    }

    @Test
    void taskThatLeftTheNodesMemoryIsCountedAllTheSame(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                TestNode other = node.another()) {
            TemplateFixture template = node.template("single", "only");
            UUID task = node.create(template.request("{\"n\":7}"));
            HandDrivenWorker worker = other.worker(1, "only");
            Assignment only = worker.next("only");
            worker.succeed(only, "1");

            assertThat(other.task(task).state().isTerminal()).isTrue();
            assertThat(instrument(other, "tasks.completions").values().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(1);
        }
    }

    private static String outcome(String... names) {
        return "{\"decision_point_outcome\":{\"type\":\"create_steps\",\"step_names\":[\"" + String.join("\",\"", names)
                + "\"]}}";
    }

    private static long count(TestNode node, String name, String... labels) {
        var sizes = instrument(node, name).distributions().get(List.of(labels));
        return sizes == null ? 0 : sizes.count();
    }

    private static Instrument instrument(TestNode node, String name) {
        return node.engine().instruments().stream()
                .filter(instrument -> instrument.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
