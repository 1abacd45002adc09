package dev.tasker.cli.conformance;

import static dev.tasker.cli.conformance.Expectations.assertFailed;
import static dev.tasker.cli.conformance.Expectations.only;
import static dev.tasker.cli.conformance.Expectations.uuid;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a client sees of the conformance workflows, whichever way the worker gets its steps. */
@ParameterizedClass(name = "{0}")
@EnumSource
class ConformanceWorkflowsTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String ORDER_NAMESPACE = "rust_e2e_order_fulfillment";
    private static final String ORDER_TEMPLATE = "business_workflow";
    private static final String ORDER = """
        {"customer": {"id": 12345, "name": "Ada", "email": "ada@example.org"},
         "items": [{"sku": "WIDGET-001", "quantity": 2, "price": 29.99},
                   {"sku": "GADGET-002", "quantity": 1, "price": 149.99}],
         "payment": {"method": "credit_card", "token": "tok_test"},
         "shipping": {"method": "standard", "address": {"street": "1 Main Street", "city": "Uppsala"}}}
        """;
    private static final String[] TEMPLATES = {
        "mathematical_sequence.yaml",
        "diamond_pattern.yaml",
        "hierarchical_tree.yaml",
        "complex_dag.yaml",
        "business_workflow.yaml",
        "retry_mechanics_test.yaml",
        "retry_exhaustion_test.yaml"
    };

    @TempDir
    static Path folder;

    private static @Nullable ConformanceStack stack;

    private final TaskApi api;
    private final Expectations expect;

    ConformanceWorkflowsTest(Transport transport) {
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
        "LINEAR, 6, 2821109907456",
        "LINEAR, 8, 281474976710656",
        "DIAMOND, 6, 2821109907456",
        "DIAMOND, 8, 281474976710656",
        "TREE, 6, \"63340286662973277706162286946811886609896461828096\"",
        "TREE, 8, \"6277101735386680763835789423207666416102355444464034512896\"",
        "MIXED_DAG, 6, \"63340286662973277706162286946811886609896461828096\"",
        "MIXED_DAG, 8, \"6277101735386680763835789423207666416102355444464034512896\""
    })
    void everyStepOfAWorkflowAnswersItsPower(Workflow workflow, long number, String last) throws Exception {
        Map<String, String> expected = workflow.results(number);

        JsonNode created = create(workflow, number);
        assertThat(created.get("total_steps").asInt()).isEqualTo(expected.size());
        JsonNode task = api.resting(uuid(created));

        expect.assertComplete(task, expected.size());
        assertThat(expect.results(task)).containsExactlyEntriesOf(expected);
        assertThat(expect.results(task).values()).last().isEqualTo(last);
    }

    @Test
    void numbersBeyondTheDeclaredRangeWrapAndComplete() throws Exception {
        JsonNode task = api.resting(uuid(create(Workflow.LINEAR, 256)));

        expect.assertComplete(task, 4);
        assertThat(expect.results(task).values()).containsExactly("65536", "4294967296", "0", "0");
    }

    @Test
    void sampleOrderIsFulfilled() throws Exception {
        JsonNode created = api.create(ORDER_NAMESPACE, ORDER_TEMPLATE, ORDER);
        assertThat(created.get("total_steps").asInt()).isEqualTo(4);
        JsonNode task = api.resting(uuid(created));

        expect.assertComplete(task, 4);
        ObjectNode answers = JSON.createObjectNode();
        expect.results(task).forEach((step, result) -> answers.set(step, JSON.readTree(result)));
        assertThat(answers.propertyNames())
                .containsExactly("validate_order", "reserve_inventory", "process_payment", "ship_order");
        JsonNode order = answers.path("validate_order");
        assertThat(order.get("customer_validated").booleanValue()).isTrue();
        assertThat(order.get("customer_id").intValue()).isEqualTo(12345);
        assertThat(order.get("validated_items").size()).isEqualTo(2);
        assertThat(order.get("order_total").decimalValue()).isEqualByComparingTo("209.97");
        assertThat(order.get("validation_status").asString()).isEqualTo("complete");
        JsonNode reservation = answers.path("reserve_inventory");
        assertThat(reservation.get("reservation_id").asString()).matches("RES-\\d+-[0-9A-F]+");
        assertThat(reservation.get("items_reserved").intValue()).isEqualTo(2);
        assertThat(reservation.get("reservation_status").asString()).isEqualTo("confirmed");
        assertThat(reservation.at("/reservation_details/1/stock_location").asString())
                .isEqualTo("WH-CENTRAL-C3");
        JsonNode payment = answers.path("process_payment");
        assertThat(payment.get("payment_processed").booleanValue()).isTrue();
        assertThat(payment.get("amount_charged").decimalValue()).isEqualByComparingTo("209.97");
        assertThat(payment.get("payment_status").asString()).isEqualTo("completed");
        JsonNode shipment = answers.path("ship_order");
        assertThat(shipment.get("shipping_status").asString()).isEqualTo("label_created");
        assertThat(shipment.get("carrier").asString()).isEqualTo("UPS");
        assertThat(shipment.get("tracking_number").asString()).matches("UPS[0-9A-F]+");
    }

    @ParameterizedTest
    @EnumSource
    void oddNumberBlocksTheTaskAtItsFirstStep(Workflow workflow) throws Exception {
        int size = workflow.results(7).size();

        JsonNode task = api.resting(uuid(create(workflow, 7)));
        JsonNode steps = api.steps(uuid(task));

        assertThat(task.get("execution_status").asString()).isEqualTo("blocked_by_failures");
        assertThat(task.get("failed_steps").asInt()).isEqualTo(1);
        assertThat(task.get("completed_steps").asInt()).isZero();
        assertFailed(steps.get(0), 1, "VALIDATION_ERROR", "ValidationError", false);
        assertThat(steps.valueStream().skip(1)).hasSize(size - 1).allSatisfy(step -> {
            assertThat(step.get("current_state").asString()).isEqualTo("pending");
            assertThat(step.get("attempts").asInt()).isZero();
            assertThat(step.get("results").isNull()).isTrue();
        });
    }

    @Test
    void orderWithoutItemsIsAcceptedAndFails() throws Exception {
        JsonNode created = api.create(ORDER_NAMESPACE, ORDER_TEMPLATE, """
            {"customer": {"id": 1, "name": "Ada", "email": "ada@example.org"}}\
            """);

        JsonNode task = api.resting(uuid(created));

        assertThat(task.get("status").asString()).isEqualTo("blocked_by_failures");
        assertFailed(api.steps(uuid(task)).get(0), 1, "MISSING_ORDER_ITEMS", "ValidationError", false);
    }

    @Test
    void transientFailuresAreRetriedWithoutEverLookingBlocked() throws Exception {
        JsonNode created = api.create("rust_e2e_retry", "retry_mechanics_test", "{}");

        JsonNode task = api.resting(uuid(created)); // also refuses blocked_by_failures between the attempts

        assertThat(task.get("status").asString()).isEqualTo("complete");
        assertThat(task.get("execution_status").asString()).isEqualTo("all_complete");
        JsonNode step = only(api.steps(uuid(task)));
        assertThat(step.get("current_state").asString()).isEqualTo("complete");
        assertThat(step.get("attempts").asInt()).isEqualTo(3);
        JsonNode result = step.at("/results/result");
        assertThat(result.get("attempts_before_success").asInt()).isEqualTo(3);
        assertThat(result.get("fail_count_configured").asInt()).isEqualTo(2);
    }

    @Test
    void exhaustedRetriesBlockTheTask() throws Exception {
        JsonNode created = api.create("rust_e2e_retry", "retry_exhaustion_test", "{}");

        JsonNode task = api.resting(uuid(created));

        assertThat(task.get("status").asString()).isEqualTo("blocked_by_failures");
        JsonNode step = only(api.steps(uuid(task)));
        assertFailed(step, 3, "SIMULATED_FAILURE", "RetryableError", true);
        assertThat(step.at("/results/metadata/context"))
                .isEqualTo(JSON.readTree("{\"attempt\": 3, \"fail_until\": 10}"));
    }

    @Test
    void sameOrderInAnyOrderOfKeysIsAConflict() throws Exception {
        String reordered = """
            {"shipping": {"address": {"city": "Uppsala", "street": "1 Main Street"}, "method": "standard"},
             "payment": {"token": "tok_test", "method": "credit_card"},
             "items": [{"price": 29.99, "sku": "WIDGET-001", "quantity": 2},
                       {"price": 149.99, "quantity": 1, "sku": "GADGET-002"}],
             "customer": {"email": "ada@example.org", "id": 12345, "name": "Ada"}}
            """;
        String other = ORDER.replace("\"quantity\": 2", "\"quantity\": 3");

        HttpResponse<String> first = api.post(ORDER_NAMESPACE, ORDER_TEMPLATE, JSON.readTree(ORDER));
        HttpResponse<String> same = api.post(ORDER_NAMESPACE, ORDER_TEMPLATE, JSON.readTree(ORDER));
        HttpResponse<String> shuffled = api.post(ORDER_NAMESPACE, ORDER_TEMPLATE, JSON.readTree(reordered));
        HttpResponse<String> different = api.post(ORDER_NAMESPACE, ORDER_TEMPLATE, JSON.readTree(other));

        assertThat(first.statusCode()).isEqualTo(200);
        for (HttpResponse<String> duplicate : List.of(same, shuffled)) {
            assertThat(duplicate.statusCode()).isEqualTo(409);
            assertThat(JSON.readTree(duplicate.body()).at("/error/message").asString())
                    .containsAnyOf("identity", "exists");
        }
        assertThat(different.statusCode()).isEqualTo(200);
        assertThat(uuid(JSON.readTree(different.body()))).isNotEqualTo(uuid(JSON.readTree(first.body())));
    }

    @Test
    void simultaneousCreationsAllComplete() throws Exception {
        List<Callable<JsonNode>> creations = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            Workflow workflow = Workflow.values()[i % Workflow.values().length];
            creations.add(() -> create(workflow, 6));
        }
        Set<String> uuids = new HashSet<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<JsonNode> created : clients.invokeAll(creations)) {
                assertThat(created.get().get("total_steps").asInt()).isPositive();
                uuids.add(uuid(created.get()));
            }
        }

        assertThat(uuids)
                .hasSize(25)
                .allSatisfy(uuid ->
                        assertThat(api.resting(uuid).get("status").asString()).isEqualTo("complete"));
    }

    private JsonNode create(Workflow workflow, long number) throws IOException, InterruptedException {
        return api.create(workflow.namespace(), workflow.template(), "{\"even_number\": " + number + "}");
    }
}
