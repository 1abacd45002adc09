package dev.tasker.worker.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.worker.Assignment;
import dev.tasker.worker.Decision;
import dev.tasker.worker.DecisionHandler;
import dev.tasker.worker.Decisions;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.StepView;
import dev.tasker.worker.TaskView;
import dev.tasker.worker.ValidationStepException;
import dev.tasker.worker.batch.BatchInputs.FailureStrategy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What handlers of decisions, batchable steps, batch workers and convergence steps write and read (02 §6.3, §7, 04 §5.6, §5.7). */
class BatchTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @ParameterizedTest
    @CsvSource({
        "1000, 5, 001:0-200 002:200-400 003:400-600 004:600-800 005:800-1000",
        "10, 4, 001:0-3 002:3-6 003:6-9 004:9-10",
        "5, 4, 001:0-2 002:2-4 003:4-5",
        "2, 5, 001:0-1 002:1-2",
        "0, 5, ''"
    })
    void rangesByWorkersAreEqualWithoutEmptyTails(long total, int workers, String ranges) {
        assertThat(text(CursorRange.byWorkers(total, workers))).isEqualTo(ranges);
    }

    @ParameterizedTest
    @CsvSource({
        "10, 4, 100, 001:0-4 002:4-8 003:8-10",
        "10, 2, 3, 001:0-4 002:4-8 003:8-10",
        "10, 1, 1, 001:0-10",
        "0, 4, 3, ''"
    })
    void mostBatchesEnlargeTheRangesAndDropNothing(long total, long size, int max, String ranges) {
        assertThat(text(CursorRange.bySize(total, size, max))).isEqualTo(ranges);
    }

    @Test
    void idsHaveThreeDigitsAtLeast() {
        List<CursorRange> ranges = CursorRange.bySize(1_001, 1);

        assertThat(ranges.get(998).batchId()).isEqualTo("999");
        assertThat(ranges.get(999).batchId()).isEqualTo("1000");
        assertThat(CursorRange.byWorkers(4, 2).getLast().shifted(1)).isEqualTo(new CursorRange("002", 3L, 5L, 2));
    }

    @Test
    void rangesWithoutSenseAreRefused() {
        assertThatThrownBy(() -> CursorRange.bySize(1, 0)).hasMessage("batch_size: 0 (expected: >= 1)");
        assertThatThrownBy(() -> CursorRange.bySize(1, 1, 0)).hasMessage("max_batches: 0 (expected: >= 1)");
        assertThatThrownBy(() -> CursorRange.byWorkers(1, 0)).hasMessage("workers: 0 (expected: >= 1)");
        assertThatThrownBy(() -> CursorRange.byWorkers(-1, 1)).hasMessage("total_items: -1 (expected: >= 0)");
    }

    @Test
    void batchableStepSaysWhichBatchesToCreate() {
        StepResult.Success result =
                Batches.create("work", CursorRange.byWorkers(3, 2), 3, Map.of("file", "products.csv"));

        assertThat(JSON.writeValueAsString(result.value()))
                .isEqualTo("{\"batch_processing_outcome\":"
                               + "{\"type\":\"create_batches\",\"worker_template_name\":\"work\",\"worker_count\":2,\"cursor_configs\":["
                               + "{\"batch_id\":\"001\",\"start_cursor\":0,\"end_cursor\":2,\"batch_size\":2},"
                               + "{\"batch_id\":\"002\",\"start_cursor\":2,\"end_cursor\":3,\"batch_size\":1}],\"total_items\":3},"
                               + "\"file\":\"products.csv\"}");
    }

    @Test
    void nothingToDoIsNoBatches() {
        String none = "{\"batch_processing_outcome\":{\"type\":\"no_batches\"}";

        assertThat(JSON.writeValueAsString(
                        Batches.create("work", List.of(), 0, Map.of()).value()))
                .isEqualTo(none + "}");
        assertThat(JSON.writeValueAsString(Batches.none("too small", Map.of()).value()))
                .isEqualTo(none + ",\"reason\":\"too small\"}");
    }

    @Test
    void idsThatRepeatAndNamesThatAreTakenAreRefused() {
        var range = new CursorRange("001", "a", "b", 1);
        assertThatThrownBy(() -> Batches.create("work", List.of(range, range), 2, Map.of()))
                .hasMessage("batch ids: 1 different ones (expected: 2)");
        assertThatThrownBy(() -> Batches.none("x", Map.of("batch_processing_outcome", 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Decisions.none("x", Map.of("decision_point_outcome", 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void decisionIsAValueThatBecomesAResult() throws Exception {
        DecisionHandler handler = context -> context.attempt() > 1
                ? Decision.route("a").dynamicSteps(List.of(Map.of("name", "a")))
                : Decision.skip("first");

        assertThat(JSON.writeValueAsString(((StepResult.Success) handler.handle(context("{}", Map.of()))).value()))
                .isEqualTo("{\"reason\":\"first\",\"decision_point_outcome\":{\"type\":\"no_branches\"}}");
        StepResult.Success routed = Decision.route("a")
                .dynamicSteps(List.of(Map.of("name", "a")))
                .toResult(context("{}", Map.of()), "2.0.0");
        assertThat(JSON.writeValueAsString(routed.value()))
                .contains("\"dynamic_steps\":[{\"name\":\"a\"}]", "\"step_names\":[\"a\"]");
        assertThat(routed.metadata().get("decision_version")).isEqualTo("2.0.0");
        assertThat(String.valueOf(
                        Decision.route().toResult(context("{}", Map.of()), "1").value()))
                .contains("No branches", "no_branches");
    }

    @Test
    void planIsAValueThatBecomesTheAnalyzersResult() throws Exception {
        BatchAnalyzer analyzer =
                context -> BatchPlan.byWorkers(5, 2).workers("work").with("file", "x.csv");

        StepResult.Success planned = (StepResult.Success) analyzer.handle(context("{}", Map.of()));
        assertThat(JSON.writeValueAsString(planned.value()))
                .contains("\"type\":\"create_batches\",\"worker_template_name\":\"work\",\"worker_count\":2")
                .endsWith("\"worker_count\":2,\"total_items\":5,\"batch_metadata\":{\"file\":\"x.csv\"}}");
        assertThat(planned.metadata().get("batch_analyzer")).isEqualTo(true);

        StepResult.Success nothing =
                BatchPlan.nothing("no rows").with("file", "x.csv").toResult(context("{}", Map.of()), "1.0.0");
        assertThat(JSON.writeValueAsString(nothing.value()))
                .isEqualTo("{\"batch_processing_outcome\":{\"type\":\"no_batches\"},"
                        + "\"reason\":\"no rows\",\"file\":\"x.csv\"}");
        assertThat(String.valueOf(BatchPlan.bySize(0, 10)
                        .toResult(context("{}", Map.of()), "1")
                        .value()))
                .contains("empty_dataset");
        assertThatThrownBy(() -> BatchPlan.bySize(1, 1).toResult(context("{}", Map.of()), "1"))
                .hasMessageContaining("worker template: none (expected: BatchPlan.workers(name)");
    }

    @Test
    void workerIsNotCalledForAPlaceholder() throws Exception {
        BatchWorker worker =
                (batch, context) -> BatchWork.allOf(batch.batchSize()).asResult();

        assertThat(String.valueOf(((StepResult.Success) worker.handle(context("""
            {"cursor":{"batch_id":"000","batch_size":0},"is_no_op":true}\
            """, Map.of()))).value()))
                .contains("no_op=true", "No batches to process");
        assertThat(String.valueOf(((StepResult.Success) worker.handle(context("""
            {"cursor":{"batch_id":"001","start_cursor":0,"end_cursor":4,"batch_size":4}}\
            """, Map.of()))).value()))
                .contains("items_processed=4");
    }

    @Test
    void convergenceAddsUpWhatWorkersDid() {
        var none = new BatchScenario.NoBatches(JSON.readTree("{}"));
        var some = new BatchScenario.WithBatches(
                JSON.readTree("{}"),
                Map.of("w_001", JSON.readTree("{\"items_processed\":4,\"items_succeeded\":3,\"items_failed\":1}")));

        assertThat(JSON.writeValueAsString(BatchAggregator.totals(some).value()))
                .isEqualTo("{\"total_processed\":4,\"total_succeeded\":3,\"total_failed\":1,\"total_skipped\":0,"
                        + "\"batch_count\":1,\"success_rate\":0.75,\"errors\":[],\"error_count\":0,"
                        + "\"worker_count\":1,\"scenario\":\"with_batches\"}");
        assertThat(JSON.writeValueAsString(BatchAggregator.totals(none).value()))
                .contains("\"total_processed\":0", "\"worker_count\":0,\"scenario\":\"no_batches\"");
        assertThat(String.valueOf(BatchAggregator.results(none, Map.of("sum", 0), batches -> Map.of("sum", 1))
                        .value()))
                .contains("sum=0");
        assertThat(String.valueOf(BatchAggregator.results(some, Map.of("sum", 0), batches -> Map.of("sum", 1))
                        .value()))
                .contains("sum=1");
    }

    @Test
    void decisionNamesItsBranches() {
        assertThat(JSON.writeValueAsString(Decisions.create("a", "b").value()))
                .isEqualTo("{\"decision_point_outcome\":{\"type\":\"create_steps\",\"step_names\":[\"a\",\"b\"]}}");
        assertThat(JSON.writeValueAsString(Decisions.create(List.of(), Map.of()).value()))
                .isEqualTo("{\"decision_point_outcome\":{\"type\":\"no_branches\"}}");
        assertThat(JSON.writeValueAsString(Decisions.none("small", Map.of()).value()))
                .isEqualTo("{\"reason\":\"small\",\"decision_point_outcome\":{\"type\":\"no_branches\"}}");
        assertThat(Decisions.failure("no").type()).isEqualTo("decision_error");
        assertThat(Decisions.failure("no").retryable()).isFalse();
        assertThat(Batches.failure("no").code()).isEqualTo("BATCH_ERROR");
    }

    @Test
    void workerReadsItsRange() {
        BatchInputs inputs = BatchInputs.of(context("""
            {"cursor":{"batch_id":"001","start_cursor":1,"end_cursor":201,"batch_size":200},
             "batch_metadata":{"cursor_field":"row_number","failure_strategy":"fail_fast"},"is_no_op":false}
            """, Map.of()));

        assertThat(inputs.batchId()).isEqualTo("001");
        assertThat(inputs.startNumber()).isEqualTo(1);
        assertThat(inputs.endNumber()).isEqualTo(201);
        assertThat(inputs.batchSize()).isEqualTo(200);
        assertThat(inputs.cursorField()).isEqualTo("row_number");
        assertThat(inputs.failureStrategy()).isEqualTo(FailureStrategy.FAIL_FAST);
        assertThat(inputs.noOp()).isFalse();
    }

    @Test
    void cursorMayBeAnyJsonAndAPlaceholderDoesNothing() {
        BatchInputs inputs = BatchInputs.of(context("""
            {"cursor":{"batch_id":"000","start_cursor":{"day":"2026-01-01"},"end_cursor":"z","batch_size":0},"is_no_op":true}
            """, Map.of()));

        assertThat(inputs.start().path("day").asString()).isEqualTo("2026-01-01");
        assertThatThrownBy(inputs::endNumber).isInstanceOf(ValidationStepException.class);
        assertThat(inputs.failureStrategy()).isEqualTo(FailureStrategy.CONTINUE_ON_FAILURE);
        assertThat(inputs.noOp()).isTrue();
        assertThat(JSON.writeValueAsString(
                        inputs.noOpResult("idle", Instant.EPOCH).value()))
                .isEqualTo("{\"batch_id\":\"000\",\"no_op\":true,\"processed_count\":0,\"message\":\"idle\","
                        + "\"processed_at\":\"1970-01-01T00:00:00Z\"}");
    }

    @Test
    void stepThatIsNoBatchWorkerHasNoInputs() {
        assertThat(BatchInputs.find(context(null, Map.of()))).isNull();
        assertThatThrownBy(() -> BatchInputs.of(context("{\"cursor\":1}", Map.of())))
                .isInstanceOf(ValidationStepException.class)
                .hasMessageStartingWith("No batch inputs found");
    }

    @Test
    void convergenceStepFindsItsWorkersByPrefix() {
        BatchScenario scenario = BatchScenario.detect(
                context(
                        null,
                        Map.of(
                                "analyze", result("{\"batch_processing_outcome\":{\"type\":\"create_batches\"}}"),
                                "work_001", result("1"),
                                "work_002", result("2"),
                                "other", result("3"))),
                "analyze",
                "work_");

        assertThat(scenario).isInstanceOfSatisfying(BatchScenario.WithBatches.class, found -> {
            assertThat(found.workerCount()).isEqualTo(2);
            assertThat(found.results().keySet()).containsExactly("work_001", "work_002");
        });
    }

    @Test
    void convergenceStepWithoutBatchesOrWithoutThoseItNeeds() {
        String none = result("{\"batch_processing_outcome\":{\"type\":\"no_batches\"},\"size\":7}");
        String some = result("{\"batch_processing_outcome\":{\"type\":\"create_batches\"}}");

        assertThat(BatchScenario.detect(context(null, Map.of("a", none, "w_000", result("1"))), "a", "w_"))
                .isInstanceOfSatisfying(
                        BatchScenario.NoBatches.class,
                        found -> assertThat(found.batchableResult().path("size").asInt())
                                .isEqualTo(7));
        assertThatThrownBy(() -> BatchScenario.detect(context(null, Map.of()), "a", "w_"))
                .hasMessage("Missing batchable step dependency: a");
        assertThatThrownBy(() -> BatchScenario.detect(context(null, Map.of("a", some)), "a", "w_"))
                .isInstanceOf(ValidationStepException.class);
    }

    @Test
    void totalsAreAddedUpAndErrorsBounded() {
        JsonNode good = JSON.valueToTree(BatchWork.allOf(8).asResult().value());
        StepResult.Success partly =
                BatchWork.partly(3, 2, List.of("first", "second")).lastCursor(5).asResult();

        BatchTotals totals = BatchTotals.of(Arrays.asList(good, null, JSON.valueToTree(partly.value())), 1);

        assertThat(partly.metadata().toString()).contains("batch_worker=true", "had_failures=true");
        assertThat(JSON.valueToTree(partly.value()).path("partial_failure").asBoolean())
                .isTrue();
        assertThat(totals.processed()).isEqualTo(13);
        assertThat(totals.succeeded()).isEqualTo(11);
        assertThat(totals.failed()).isEqualTo(2);
        assertThat(totals.batchCount()).isEqualTo(2);
        assertThat(totals.successRate()).isEqualTo(11 / 13.0);
        assertThat(totals.errors()).hasSize(1);
        assertThat(totals.errorCount()).isEqualTo(2);
        assertThat(JSON.valueToTree(totals).path("total_processed").asInt()).isEqualTo(13);
    }

    private static String result(String value) {
        return "{\"success\":true,\"result\":" + value + "}";
    }

    private static String text(List<CursorRange> ranges) {
        return ranges.stream()
                .map(range -> range.batchId() + ":" + range.startCursor() + "-" + range.endCursor())
                .collect(Collectors.joining(" "));
    }

    private static StepContext context(@Nullable String inputs, Map<String, String> dependencies) {
        return new StepContext(new Assignment(
                new UUID(0, 0),
                new UUID(0, 1),
                1,
                1,
                1,
                Duration.ZERO,
                new TaskView("n", "t", "1.0.0", new UUID(0, 2), null, "{}", 0, null, null, null),
                new StepView("step", "step", "handler", "call", null, "{}", inputs, null, null),
                dependencies));
    }
}
