package dev.tasker.cli.conformance;

import static dev.tasker.cli.conformance.Expectations.assertFailed;
import static dev.tasker.cli.conformance.Expectations.names;
import static dev.tasker.cli.conformance.Expectations.uuid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The conformance workflows whose graphs grow while they run: decisions, batches, and both. */
@ParameterizedClass(name = "{0}")
@EnumSource
class GrowingWorkflowsTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String[] TEMPLATES = {
        "conditional_approval_rust.yaml",
        "batch_processing_example.yaml",
        "batch_processing_products_csv.yaml",
        "diamond_decision_batch.yaml",
        "batch_resumption_test.yaml"
    };

    @TempDir
    static Path folder;

    private static @Nullable ConformanceStack stack;

    private final TaskApi api;
    private final Expectations expect;

    GrowingWorkflowsTest(Transport transport) {
        api = Objects.requireNonNull(stack).api();
        expect = new Expectations(api);
    }

    @BeforeParameterizedClassInvocation
    static void start(Transport transport) throws IOException {
        stack = ConformanceStack.start(folder.resolve(transport.name()), transport, TEMPLATES);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (stack != null) {
            stack.close();
            stack = null;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0.01, auto_approval, auto, auto_approve, ''",
        "999.99, auto_approval, auto, auto_approve, ''",
        "1000, manager_only, manager_only, manager_approval, ''",
        "4999.99, manager_only, manager_only, manager_approval, ''",
        "5000, dual_approval, dual_approval, manager_approval, finance_review",
        "10000.0, dual_approval, dual_approval, manager_approval, finance_review"
    })
    void amountDecidesWhichBranchesExist(String amount, String route, String path, String first, String second)
            throws Exception {
        JsonNode created = api.create("conditional_approval_rust", "approval_routing", """
            {"amount": %s, "requester": "Ada", "purpose": "books"}
            """.formatted(amount));
        assertThat(created.get("total_steps").asInt()).isEqualTo(2);

        JsonNode task = api.resting(uuid(created));

        int steps = second.isEmpty() ? 4 : 5;
        expect.assertComplete(task, steps);
        ObjectNode answers = answers(task);
        List<String> branches = second.isEmpty() ? List.of(first) : List.of(first, second);
        assertThat(names(task.get("steps")))
                .contains("validate_request", "routing_decision", "finalize_approval")
                .containsAll(branches)
                .hasSize(steps);
        assertThat(answers.at("/routing_decision/route_type").asString()).isEqualTo(route);
        assertThat(answers.at("/finalize_approval/approval_path").asString()).isEqualTo(path);
        assertThat(answers.at("/finalize_approval/approval_chain").size()).isEqualTo(branches.size());
        assertThat(answers.at("/finalize_approval/final_amount").decimalValue()).isEqualByComparingTo(amount);
    }

    @Test
    void requestWithoutAmountFailsBeforeAnythingIsDecided() throws Exception {
        JsonNode task =
                rest("conditional_approval_rust", "approval_routing", "{\"requester\": \"A\", \"purpose\": \"b\"}");

        assertFailed(api.steps(uuid(task)).get(0), 1, "MISSING_AMOUNT", "ValidationError", false);
        assertThat(api.steps(uuid(task)).size()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"50, 0", "500, 0", "1500, 2", "5000, 5"})
    void datasetIsProcessedInBatches(int size, int workers) throws Exception {
        JsonNode created = api.create("data_processing", "large_dataset_processor", "{\"dataset_size\": " + size + "}");
        assertThat(created.get("total_steps").asInt()).isEqualTo(1);

        JsonNode task = api.resting(uuid(created));

        expect.assertComplete(task, 2 + Math.max(1, workers));
        JsonNode total = answers(task).path("aggregate_results");
        assertThat(total.get("total_processed").asInt()).isEqualTo(size);
        assertThat(total.get("worker_count").asInt()).isEqualTo(workers);
        assertThat(total.get("validation_passed").asBoolean()).isTrue();
        assertThat(names(task.get("steps"))).contains(workers == 0 ? "process_batch_000" : "process_batch_002");
    }

    @Test
    void productFileIsValuedByFiveWorkers() throws Exception {
        String file = ConformanceTemplates.data("products.csv").toString();
        JsonNode task = rest(
                "csv_processing_rust",
                "csv_product_inventory_analyzer",
                JSON.createObjectNode().put("csv_file_path", file).toString());

        expect.assertComplete(task, 7);
        ObjectNode answers = answers(task);
        for (int worker = 1; worker <= 5; worker++) {
            JsonNode batch = answers.path("process_csv_batch_00" + worker);
            assertThat(batch.get("processed_count").asInt()).isEqualTo(200);
            assertThat(batch.get("start_row").asInt()).isEqualTo(200 * worker - 199);
            assertThat(batch.get("total_inventory_value").asDouble()).isCloseTo(7_117_609.40, within(0.01));
        }
        JsonNode total = answers.path("aggregate_csv_results");
        assertThat(total.get("total_processed").asInt()).isEqualTo(1_000);
        assertThat(total.get("total_inventory_value").asDouble()).isCloseTo(35_588_047.00, within(0.01));
        assertThat(total.get("max_price").asDouble()).isEqualTo(13_999.99);
        assertThat(total.get("max_price_product").asString()).isEqualTo("Rolex Submariner Watch");
        assertThat(total.get("overall_average_rating").asDouble()).isCloseTo(3.8517, within(0.0001));
        assertThat(total.get("category_counts").get("groceries").asInt()).isEqualTo(270);
        assertThat(total.get("category_counts").size()).isEqualTo(11);
    }

    @Test
    void fileWithoutProductsRunsOnePlaceholder() throws Exception {
        String file = ConformanceTemplates.data("products_empty.csv").toString();
        JsonNode task = rest(
                "csv_processing_rust",
                "csv_product_inventory_analyzer",
                JSON.createObjectNode().put("csv_file_path", file).toString());

        expect.assertComplete(task, 3);
        assertThat(answers(task).at("/process_csv_batch_000/no_op").asBoolean()).isTrue();
        assertThat(answers(task).at("/aggregate_csv_results/total_processed").asInt())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[2,4,6,8,10,12]", "[1,3,5,7,9,11,2,4]", "[1,2,3,4,5,6,7,8,9,10]"})
    void numbersAreRoutedToTheLargerSideAndSummedInBatches(String numbers) throws Exception {
        JsonNode all = JSON.readTree(numbers);
        List<Long> even = all.valueStream()
                .map(JsonNode::longValue)
                .filter(n -> n % 2 == 0)
                .toList();
        List<Long> odd = all.valueStream()
                .map(JsonNode::longValue)
                .filter(n -> n % 2 != 0)
                .toList();
        String side = even.size() >= odd.size() ? "even" : "odd";
        long sum = (side.equals("even") ? even : odd)
                .stream().mapToLong(Long::longValue).sum();

        JsonNode created = api.create(
                "combined_workflow_test", "diamond_decision_batch_processor", "{\"numbers\": " + numbers + "}");
        assertThat(created.get("total_steps").asInt()).isEqualTo(4);
        JsonNode task = api.resting(uuid(created));

        expect.assertComplete(task, 9);
        assertThat(names(task.get("steps")))
                .contains(side + "_batch_analyzer", "process_" + side + "_batch_003", "aggregate_" + side + "_results")
                .noneMatch(name -> name.contains(side.equals("even") ? "odd_batch" : "even_batch"));
        JsonNode total = answers(task).path("aggregate_" + side + "_results");
        assertThat(total.get("total_sum").asLong()).isEqualTo(sum);
        assertThat(total.get("batch_count").asInt()).isEqualTo(3);
        assertThat(total.get("average").asLong()).isEqualTo(sum / 3);
    }

    @Test
    void failedBatchGoesOnWhereTheAttemptBeforeHadCome() throws Exception {
        JsonNode task = rest("rust_e2e_batch_retry", "batch_resumption_test", "{\"dataset_size\": 100}");

        assertThat(task.get("status").asString()).isEqualTo("complete");
        JsonNode steps = api.steps(uuid(task));
        assertThat(names(steps)).containsExactly("analyze_dataset", "checkpoint_fail_batch_001");
        JsonNode worker = steps.get(1);
        assertThat(worker.get("attempts").asInt()).isEqualTo(2);
        assertThat(worker.at("/results/result/resumed_from").asInt()).isEqualTo(50);
        assertThat(worker.at("/results/result/total_processed").asInt()).isEqualTo(50);
        assertThat(worker.at("/results/result/final_position").asInt()).isEqualTo(100);
    }

    private JsonNode rest(String namespace, String template, String context) throws Exception {
        return api.resting(uuid(api.create(namespace, template, context)));
    }

    private ObjectNode answers(JsonNode task) throws Exception {
        ObjectNode answers = JSON.createObjectNode();
        expect.results(task).forEach((step, result) -> answers.set(step, JSON.readTree(result)));
        return answers;
    }
}
