package dev.tasker.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What the business handlers tell beside their results (spec 09 §4.10 to §4.13, column md). */
class MetadataTest {

    @Test
    void shopNamesTheSystemsItAsked() throws Exception {
        TemplateRun shop = TemplateRun.conformance("ecommerce_order_processing_rs.yaml");
        shop.run("""
            {'cart_items': [{'product_id': 1, 'quantity': 2}], 'customer_info': {'email': 'a@b.c', 'name': 'Ada'},
             'payment_info': {'method': 'card', 'token': 'tok'}}\
            """);

        assertThat(shop.metadata("validate_cart").get("validation_type").stringValue())
                .isEqualTo("cart");
        assertThat(shop.metadata("process_payment").get("payment_gateway").stringValue())
                .isEqualTo("mock_gateway");
        assertThat(shop.metadata("update_inventory").propertyNames()).containsExactly("inventory_system");
        assertThat(shop.metadata("create_order").propertyNames()).containsExactly("order_system");
        assertThat(shop.metadata("send_confirmation").propertyNames()).containsExactly("email_provider");
    }

    @Test
    void pipelineCountsWhatItReadAndMade() throws Exception {
        TemplateRun pipeline = TemplateRun.conformance("data_pipeline_analytics_pipeline_rs.yaml");
        pipeline.run("{}");

        assertThat(of(pipeline, "extract_sales_data"))
                .isEqualTo(json("{'operation': 'extract_sales', 'source': 'SalesDatabase', 'records_extracted': 5}"));
        assertThat(of(pipeline, "extract_inventory_data"))
                .isEqualTo(json(
                        "{'operation': 'extract_inventory', 'source': 'InventorySystem', 'records_extracted': 5}"));
        assertThat(of(pipeline, "extract_customer_data"))
                .isEqualTo(json("{'operation': 'extract_customers', 'source': 'CRMSystem', 'records_extracted': 5}"));
        assertThat(of(pipeline, "transform_sales"))
                .isEqualTo(json(
                        "{'operation': 'transform_sales', 'source_step': 'extract_sales_data', 'record_count': 5}"));
        assertThat(of(pipeline, "transform_inventory"))
                .isEqualTo(json("{'operation': 'transform_inventory', 'source_step': 'extract_inventory_data',"
                        + " 'record_count': 5}"));
        assertThat(of(pipeline, "transform_customers"))
                .isEqualTo(json("{'operation': 'transform_customers', 'source_step': 'extract_customer_data',"
                        + " 'record_count': 5}"));
        assertThat(of(pipeline, "aggregate_metrics"))
                .isEqualTo(json("{'operation': 'aggregate_metrics', 'sources': ['transform_sales',"
                        + " 'transform_inventory', 'transform_customers'], 'sources_aggregated': 3}"));
        assertThat(of(pipeline, "generate_insights"))
                .isEqualTo(json("{'operation': 'generate_insights', 'source_step': 'aggregate_metrics',"
                        + " 'insights_generated': 3}"));
    }

    @ParameterizedTest
    @CsvSource({"free, false, 2", "pro, true, 2", "enterprise, true, 3"})
    void registrationNamesServicesAndPlan(String plan, boolean billed, int channels) throws Exception {
        TemplateRun registration = TemplateRun.conformance("microservices_user_registration_rs.yaml");
        registration.run("{'user_info': {'email': 'ada@b.cd', 'name': 'Ada', 'plan': '" + plan
                + "', 'preferences': {'theme': 'blue', 'font': 'big'}}}");

        assertThat(of(registration, "create_user_account"))
                .isEqualTo(json("{'operation': 'create_user', 'service': 'user_service', 'idempotent': false}"));
        assertThat(of(registration, "setup_billing_profile"))
                .isEqualTo(json("{'operation': 'setup_billing', 'service': 'billing_service', 'plan': '" + plan
                        + "', 'billing_required': " + billed + "}"));
        JsonNode preferences = of(registration, "initialize_preferences");
        assertThat(preferences.get("service").stringValue()).isEqualTo("preferences_service");
        assertThat(preferences.get("custom_preferences_count").intValue()).isEqualTo(2);
        JsonNode welcome = of(registration, "send_welcome_sequence");
        assertThat(welcome.get("service").stringValue()).isEqualTo("notification_service");
        assertThat(welcome.get("channels_used").intValue()).isEqualTo(channels);
        JsonNode status = of(registration, "update_user_status");
        assertThat(status.get("service").stringValue()).isEqualTo("user_service");
        assertThat(status.get("workflow_complete").booleanValue()).isTrue();
    }

    @Test
    void knownUserIsFoundAgain() throws Exception {
        Attempt attempt = Attempt.of(ConformanceHandlers.registry(), "microservices_create_user_account")
                .context("{'user_info': {'email': 'existing@example.com', 'name': 'Existing User'}}");

        assertThat(attempt.value().get("status").stringValue()).isEqualTo("already_exists");
        assertThat(attempt.value().get("user_id").stringValue()).isEqualTo("user_existing_001");
        assertThat(attempt.metadata().get("idempotent").booleanValue()).isTrue();
    }

    @Test
    void refundNamesStepServiceAndIds() throws Exception {
        TemplateRun ticket = TemplateRun.conformance("customer_success_process_refund_rs.yaml");
        ticket.run("{'ticket_id': 't_1', 'customer_id': 'gold_1', 'refund_amount': 50000}");
        TemplateRun payment = TemplateRun.conformance("payments_process_refund_rs.yaml");
        payment.run("{'payment_id': 'pay_1', 'refund_amount': 5000, 'customer_email': 'a@b.c'}");

        assertOperations(
                ticket,
                List.of(
                        "customer_service_platform",
                        "policy_engine",
                        "approval_portal",
                        "task_delegation",
                        "customer_service_platform"));
        assertOperations(
                payment, List.of("payment_gateway", "payment_gateway", "payment_record_system", "email_service"));
        assertThat(ticket.value("get_manager_approval").get("auto_approved").booleanValue())
                .isTrue();
        assertThat(ticket.value("get_manager_approval").get("manager_id").isNull())
                .isTrue();
        assertThat(of(ticket, "validate_refund_request").get("ticket_id").stringValue())
                .isEqualTo("t_1");
        assertThat(of(payment, "process_gateway_refund").get("refund_id"))
                .isEqualTo(payment.value("process_gateway_refund").get("refund_id"));
    }

    private static void assertOperations(TemplateRun run, List<String> services) {
        assertThat(run.stepNames())
                .allSatisfy(step ->
                        assertThat(of(run, step).get("operation").stringValue()).isEqualTo(step));
        assertThat(run.stepNames())
                .extracting(step -> of(run, step).get("service").stringValue())
                .isEqualTo(services);
    }

    private static JsonNode of(TemplateRun run, String step) {
        return run.metadata(step);
    }

    private static JsonNode json(String text) {
        return Attempt.JSON.readTree(text.replace('\'', '"'));
    }
}
