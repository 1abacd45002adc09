package dev.tasker.cli.conformance;

import static dev.tasker.cli.conformance.Expectations.assertFailed;
import static dev.tasker.cli.conformance.Expectations.only;
import static dev.tasker.cli.conformance.Expectations.uuid;
import static org.assertj.core.api.Assertions.assertThat;

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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The conformance workflows of a shop, a pipeline, a registration, refunds and method dispatch, and the limits of attempts. */
@ParameterizedClass(name = "{0}")
@EnumSource
class BusinessWorkflowsTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String CART = """
        {"cart_items": [{"product_id": 1, "quantity": 2}, {"product_id": 2, "quantity": 1}],
         "customer_info": {"email": "ada@example.org", "name": "Ada"},
         "payment_info": {"method": "credit_card", "token": "%s", "amount": 124.76}}
        """;
    private static final String[] TEMPLATES = {
        "ecommerce_order_processing_rs.yaml",
        "data_pipeline_analytics_pipeline_rs.yaml",
        "microservices_user_registration_rs.yaml",
        "customer_success_process_refund_rs.yaml",
        "payments_process_refund_rs.yaml",
        "method_dispatch_rust.yaml",
        "boundary_max_attempts_zero.yaml",
        "boundary_max_attempts_one.yaml",
        "boundary_max_attempts_three.yaml",
        "boundary_non_retryable_first.yaml",
        "boundary_non_retryable_retries.yaml",
        "dlq_staleness_test.yaml"
    };

    @TempDir
    static Path folder;

    private static @Nullable ConformanceStack stack;

    private final TaskApi api;
    private final Expectations expect;

    BusinessWorkflowsTest(Transport transport) {
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

    @Test
    void sampleCartIsOrderedPaidAndConfirmed() throws Exception {
        JsonNode task = run("ecommerce_rs", "ecommerce_order_processing_rs", CART.formatted("tok_test"), 5);

        ObjectNode answers = answers(task);
        assertThat(answers.propertyNames())
                .containsExactly(
                        "validate_cart", "process_payment", "update_inventory", "create_order", "send_confirmation");
        JsonNode cart = answers.path("validate_cart");
        assertThat(cart.get("subtotal").decimalValue()).isEqualByComparingTo("109.97");
        assertThat(cart.get("tax").decimalValue()).isEqualByComparingTo("8.80");
        assertThat(cart.get("total").decimalValue()).isEqualByComparingTo("124.76");
        assertThat(cart.get("item_count").asInt()).isEqualTo(3);
        assertThat(answers.at("/process_payment/transaction_id").asString()).matches("txn_[0-9a-f]{12}");
        assertThat(answers.at("/process_payment/amount_charged").decimalValue()).isEqualByComparingTo("124.76");
        assertThat(answers.at("/update_inventory/total_items_reserved").asInt()).isEqualTo(3);
        assertThat(answers.at("/create_order/order_id").asString()).matches("ORD-[0-9A-F]{8}");
        assertThat(answers.at("/send_confirmation/recipient").asString()).isEqualTo("ada@example.org");
        assertThat(answers.at("/send_confirmation/subject").asString())
                .contains(answers.at("/create_order/order_id").asString());
    }

    @Test
    void declinedCardBlocksTheOrderAndNetworkTroubleIsTriedAgain() throws Exception {
        JsonNode declined = rest("ecommerce_rs", "ecommerce_order_processing_rs", CART.formatted("tok_test_declined"));
        JsonNode unreachable =
                rest("ecommerce_rs", "ecommerce_order_processing_rs", CART.formatted("tok_test_network_error"));

        assertFailed(api.steps(uuid(declined)).get(1), 1, "CARD_DECLINED", "PaymentError", false);
        assertFailed(api.steps(uuid(unreachable)).get(1), 2, "NETWORK_ERROR", "PaymentError", true);
    }

    @Test
    void pipelineFindsWhatIsInItsData() throws Exception {
        JsonNode task = run("data_pipeline_rs", "analytics_pipeline_rs", "{}", 8);

        ObjectNode answers = answers(task);
        assertThat(answers.at("/extract_sales_data/total_amount").decimalValue())
                .isEqualByComparingTo("3199.73");
        assertThat(answers.at("/extract_inventory_data/warehouses").size()).isEqualTo(3);
        assertThat(answers.at("/extract_customer_data/tier_breakdown/gold").asInt())
                .isEqualTo(2);
        assertThat(answers.at("/transform_sales/product_sales/PROD-A/total_quantity")
                        .asInt())
                .isEqualTo(7);
        assertThat(answers.at("/transform_customers/value_segments/medium_value")
                        .asInt())
                .isEqualTo(3);
        JsonNode metrics = answers.path("aggregate_metrics");
        assertThat(metrics.get("revenue_per_customer").decimalValue()).isEqualByComparingTo("639.95");
        assertThat(metrics.get("inventory_turnover_indicator").decimalValue()).isEqualByComparingTo("5.5647");
        assertThat(metrics.get("inventory_reorder_alerts").asInt()).isZero();
        JsonNode insights = answers.path("generate_insights");
        assertThat(insights.at("/health_score/score").asInt()).isEqualTo(100);
        assertThat(insights.at("/health_score/rating").asString()).isEqualTo("Excellent");
        assertThat(insights.get("insights").size()).isEqualTo(3);
        assertThat(insights.get("total_metrics_analyzed").asInt()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource({"pro, 8, 2, active", "enterprise, 10, 3, active", "free, 7, 2, skipped_free_plan"})
    void userIsRegisteredByFourServices(String plan, int preferences, int channels, String billing) throws Exception {
        String user =
                "{\"user_info\": {\"email\": \"ada@example.org\", \"name\": \"Ada\", \"plan\": \"" + plan + "\"}}";

        JsonNode task = run("microservices_rs", "user_registration_rs", user, 5);

        ObjectNode answers = answers(task);
        assertThat(answers.at("/setup_billing_profile/status").asString()).isEqualTo(billing);
        assertThat(answers.at("/initialize_preferences/preferences").size()).isEqualTo(preferences);
        assertThat(answers.at("/send_welcome_sequence/messages_sent").asInt()).isEqualTo(channels);
        JsonNode status = answers.path("update_user_status");
        assertThat(status.get("status").asString()).isEqualTo("active");
        assertThat(status.get("services_completed").size()).isEqualTo(4);
        assertThat(status.get("registration_summary").has("billing_id")).isEqualTo(!plan.equals("free"));
    }

    @Test
    void registrationWithoutAnAddressFails() throws Exception {
        JsonNode task = rest(
                "microservices_rs",
                "user_registration_rs",
                "{\"user_info\": {\"email\": \"nobody\", \"name\": \"N\"}}");

        assertFailed(api.steps(uuid(task)).get(0), 1, "INVALID_EMAIL_FORMAT", "ValidationError", false);
    }

    @Test
    void refundGoesThroughCustomerSuccessAndPayments() throws Exception {
        JsonNode ticket = run("customer_success_rs", "customer_success_process_refund_rs", """
            {"ticket_id": "ticket_1", "customer_id": "customer_1", "refund_amount": 5000, "correlation_id": "c-1"}
            """, 5);
        JsonNode payment = run("payments_rs", "payments_process_refund_rs", """
            {"payment_id": "pay_1", "refund_amount": 5000, "customer_email": "ada@example.org"}
            """, 4);

        ObjectNode success = answers(ticket);
        assertThat(success.at("/get_manager_approval/approval_required").asBoolean())
                .isTrue();
        assertThat(success.at("/execute_refund_workflow/correlation_id").asString())
                .isEqualTo("c-1");
        assertThat(success.at("/update_ticket_status/new_status").asString()).isEqualTo("resolved");
        ObjectNode payments = answers(payment);
        assertThat(payments.at("/process_gateway_refund/refund_id").asString()).matches("rfnd_[0-9a-f]{12}");
        assertThat(payments.at("/notify_customer/refund_amount").asInt()).isEqualTo(5_000);
        assertThat(payments)
                .allSatisfy(
                        result -> assertThat(result.get("namespace").asString()).isEqualTo("payments"));
    }

    @Test
    void refundBeyondThePolicyIsRefused() throws Exception {
        JsonNode task = rest(
                "customer_success_rs",
                "customer_success_process_refund_rs",
                "{\"ticket_id\": \"t\", \"customer_id\": \"c\", \"refund_amount\": 10001}");

        assertFailed(api.steps(uuid(task)).get(1), 1, "EXCEEDS_AMOUNT_LIMIT", "PolicyError", false);
    }

    @Test
    void everyStepRunsTheMethodThatItsTemplateNames() throws Exception {
        JsonNode task = run(
                "resolver_tests_rust",
                "method_dispatch_rust",
                "{\"data\": {\"amount\": 100.0, \"reason\": \"broken\"}}",
                4);

        ObjectNode answers = answers(task);
        assertThat(answers.valueStream()
                        .map(answer -> answer.get("invoked_method").asString()))
                .containsExactly("validate", "process", "refund", "call");
        assertThat(answers.at("/process_step_rust/processed_amount").decimalValue())
                .isEqualByComparingTo("110");
        assertThat(answers.at("/refund_step_rust/refund_reason").asString()).isEqualTo("broken");
        assertThat(answers.at("/default_call_step_rust/step_name").asString()).isEqualTo("default_call_step_rust");
    }

    @ParameterizedTest
    @CsvSource({
        "boundary_max_attempts_zero",
        "boundary_max_attempts_one",
        "boundary_max_attempts_three",
        "boundary_non_retryable_first",
        "boundary_non_retryable_retries"
    })
    void boundaryTemplatesRunOnce(String template) throws Exception {
        JsonNode task = run("test_sql", template, "{}", 1);

        assertThat(only(api.steps(uuid(task))).at("/results/result").toString()).isEqualTo("{}");
    }

    @Test
    void stepsOfTheStalenessTemplateReturnTheirInput() throws Exception {
        JsonNode task = run("dlq_test", "dlq_staleness_test", "{\"n\": 1.10}", 2);

        assertThat(answers(task).valueStream().map(answer -> answer.get("n")))
                .hasSize(2)
                .allSatisfy(number -> assertThat(number.decimalValue()).isEqualByComparingTo("1.1"));
    }

    private JsonNode rest(String namespace, String template, String context) throws Exception {
        return api.resting(uuid(api.create(namespace, template, context)));
    }

    private JsonNode run(String namespace, String template, String context, int steps) throws Exception {
        JsonNode task = rest(namespace, template, context);
        expect.assertComplete(task, steps);
        return task;
    }

    private ObjectNode answers(JsonNode task) throws Exception {
        ObjectNode answers = JSON.createObjectNode();
        expect.results(task).forEach((step, result) -> answers.set(step, JSON.readTree(result)));
        assertThat(List.copyOf(answers.propertyNames())).isNotEmpty();
        return answers;
    }
}
