package dev.tasker.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Templates declared in Java are what the same templates in YAML are (spec 06 §18 point 7). */
class TemplateBuilderTest {
    /** Real templates and their twins. */
    record Twin(String file, TaskTemplate template) {
        @Override
        public String toString() {
            return file;
        }
    }

    static List<Twin> twins() {
        return List.of(
                new Twin("native/conditional_approval_rust.yaml", approval()),
                new Twin("native/batch_processing_products_csv.yaml", csv()),
                new Twin("native/domain_event_publishing.yaml", events()),
                new Twin("native/diamond_pattern.yaml", diamond()),
                new Twin("native/dlq_staleness_test.yaml", staleness()));
    }

    @ParameterizedTest
    @MethodSource("twins")
    void twinOfARealTemplateHasTheSamePlan(Twin twin) {
        TaskTemplate file = TemplateParser.parse(SharedTemplates.directory().resolve(twin.file()))
                .template();

        TemplatePlan built = TemplatePlan.compile(twin.template());
        TemplatePlan parsed = TemplatePlan.compile(file);

        assertThat(built.canonicalJson()).isEqualTo(parsed.canonicalJson());
        assertThat(built.contentHash()).isEqualTo(parsed.contentHash());
        assertThat(built.steps()).isEqualTo(parsed.steps());
        assertThat(built.topologicalOrder()).isEqualTo(parsed.topologicalOrder());
        for (String environment : List.of("test", "development")) {
            assertThat(TemplatePlan.compile(twin.template().withEnvironment(environment))
                            .canonicalJson())
                    .isEqualTo(TemplatePlan.compile(file.withEnvironment(environment))
                            .canonicalJson());
        }
    }

    private static TaskTemplate approval() {
        String prefix = "tasker_example_rs::step_handlers::conditional_approval_rust::";
        return TemplateBuilder.template("conditional_approval_rust", "approval_routing", "1.0.0")
                .description(
                        "Rust implementation of conditional approval workflow demonstrating TAS-53 dynamic decision"
                                + " points. Routes approval requests through different paths based on amount thresholds"
                                + " using native Rust handlers.\n")
                .step("validate_request", prefix + "ValidateRequestHandler")
                .step(
                        "routing_decision",
                        prefix + "RoutingDecisionHandler",
                        step -> step.decision().dependsOn("validate_request"))
                .step(
                        "finalize_approval",
                        prefix + "FinalizeApprovalHandler",
                        step -> step.convergence().dependsOn("auto_approve", "manager_approval", "finance_review"))
                .step("auto_approve", prefix + "AutoApproveHandler", step -> step.dependsOn("routing_decision"))
                .step("manager_approval", prefix + "ManagerApprovalHandler", step -> step.dependsOn("routing_decision"))
                .step("finance_review", prefix + "FinanceReviewHandler", step -> step.dependsOn("routing_decision"))
                .build();
    }

    private static TaskTemplate csv() {
        String prefix = "tasker_example_rs::step_handlers::batch_processing_products_csv::";
        return TemplateBuilder.template("csv_processing_rust", "csv_product_inventory_analyzer", "1.0.0")
                .description("Process CSV product data in parallel batches with real file I/O")
                .step(
                        "analyze_csv",
                        prefix + "CsvAnalyzerHandler",
                        step -> step.batchable()
                                .with("batch_size", 200)
                                .with("max_workers", 5)
                                .with("worker_template_name", "process_csv_batch"))
                .step(
                        "process_csv_batch",
                        prefix + "CsvBatchProcessorHandler",
                        step -> step.batchWorker(new BatchConfig(
                                        200, 5, "row_number", "process_csv_batch", FailureStrategy.CONTINUE_ON_FAILURE))
                                .dependsOn("analyze_csv")
                                .with("operation", "inventory_analysis"))
                .step(
                        "aggregate_csv_results",
                        prefix + "CsvResultsAggregatorHandler",
                        step -> step.convergence()
                                .dependsOn("process_csv_batch")
                                .with("aggregation_type", "inventory_metrics"))
                .build();
    }

    private static TaskTemplate staleness() {
        String callable = "tasker_example_rs::step_handlers::test::TestStepHandler";
        UnaryOperator<StepBuilder> input =
                step -> retried(step.with("operation", "return_input").with("test_mode", true));
        return TemplateBuilder.template("dlq_test", "dlq_staleness_test", "1.0.0")
                .description("Simple 2-step workflow for DLQ staleness detection testing with low thresholds")
                .metadata(
                        "TAS-49 DLQ Testing",
                        List.of("test:dlq", "pattern:linear", "dependencies:simple", "testing:lifecycle"),
                        Instant.parse("2025-11-01T00:00:00Z"),
                        Instant.parse("2025-11-01T00:00:00Z"),
                        "Test-only template with 2-minute staleness thresholds for fast lifecycle testing")
                .systemDependencies("default")
                .inputSchema(Map.of(
                        "type",
                        "object",
                        "required",
                        List.of("test_input"),
                        "properties",
                        Map.of("test_input", Map.of("type", "integer", "description", "Test input value"))))
                .lifecycle(new LifecyclePolicy(2, 2, 2, 30, null, null, null))
                .step(
                        "dlq_step_1",
                        callable,
                        step -> input.apply(step)
                                .description("First step that will be placed in stuck state for testing"))
                .step(
                        "dlq_step_2",
                        callable,
                        step -> input.apply(step)
                                .dependsOn("dlq_step_1")
                                .description("Second step depending on first for dependency testing"))
                .environment(
                        "test", "dlq_step_1", step -> step.timeoutSeconds(10).maxAttempts(2))
                .environment(
                        "test", "dlq_step_2", step -> step.timeoutSeconds(10).maxAttempts(2))
                .build();
    }

    private static TaskTemplate diamond() {
        String prefix = "tasker_example_rs::step_handlers::diamond_workflow::";
        return TemplateBuilder.template("rust_e2e_diamond", "diamond_pattern", "1.0.0")
                .description("Diamond pattern workflow using native Rust handlers: parallel execution with convergence"
                        + " (input^16)")
                .metadata(
                        "TAS-41 Native Rust Implementation",
                        List.of(
                                "namespace:diamond_workflow",
                                "pattern:diamond",
                                "dependencies:parallel_convergence",
                                "implementation:rust",
                                "performance:native",
                                "type_safety:compile_time",
                                "parallelism:branch_execution"),
                        Instant.parse("2025-08-29T00:00:00Z"),
                        Instant.parse("2025-08-29T00:00:00Z"),
                        "Native Rust implementation with parallel branch processing and convergence logic")
                .inputSchema("""
                    {"type": "object", "required": ["even_number"], "properties": {"even_number": {"type": "integer",
                     "minimum": 2, "maximum": 100, "description": "Even number for diamond pattern calculation"}}}\
                    """)
                .step(
                        "diamond_start",
                        prefix + "DiamondStartHandler",
                        step -> retried(step)
                                .description("Initial step: Square the input even number")
                                .with("operation", "square")
                                .with("step_type", "initial")
                                .with("description", "Square the even number (first diamond operation)")
                                .with("branches", List.of("diamond_branch_b", "diamond_branch_c")))
                .step("diamond_branch_b", prefix + "DiamondBranchBHandler", step -> branch("left", "Left", step))
                .step("diamond_branch_c", prefix + "DiamondBranchCHandler", step -> branch("right", "Right", step))
                .step(
                        "diamond_end",
                        prefix + "DiamondEndHandler",
                        step -> retried(step)
                                .description("Convergence step: Multiply both branch results and square")
                                .dependsOn("diamond_branch_b", "diamond_branch_c")
                                .with("operation", "multiply_and_square")
                                .with("step_type", "multiple_parent")
                                .with("description", "Converge both branch results: multiply then square")
                                .with("convergence_pattern", "((branch_b × branch_c)²)")
                                .with("final_result", "input^16"))
                .environment(
                        "test", "diamond_start", step -> step.timeoutSeconds(10).maxAttempts(2))
                .environment(
                        "test",
                        "diamond_branch_b",
                        step -> step.timeoutSeconds(10).maxAttempts(2))
                .environment(
                        "test",
                        "diamond_branch_c",
                        step -> step.timeoutSeconds(10).maxAttempts(2))
                .environment(
                        "test", "diamond_end", step -> step.timeoutSeconds(15).maxAttempts(2))
                .environment("development", "diamond_start", step -> debug(step, "verification_enabled"))
                .environment("development", "diamond_branch_b", step -> debug(step, "branch_tracking"))
                .environment("development", "diamond_branch_c", step -> debug(step, "branch_tracking"))
                .environment("development", "diamond_end", step -> debug(step, "convergence_verification"))
                .build();
    }

    private static StepBuilder retried(StepBuilder step) {
        return step.backoff(BackoffStrategy.EXPONENTIAL, Duration.ofSeconds(1), Duration.ofSeconds(30))
                .timeoutSeconds(30);
    }

    private static StepBuilder branch(String side, String title, StepBuilder step) {
        return retried(step)
                .description(title + " parallel branch: Square the start result")
                .dependsOn("diamond_start")
                .with("operation", "square")
                .with("step_type", "single_parent")
                .with("branch", side)
                .with("description", title + " branch: square the diamond_start result");
    }

    private static StepOverlayBuilder debug(StepOverlayBuilder step, String flag) {
        return step.with("debug_mode", true).with(flag, true);
    }

    private static TaskTemplate events() {
        UnaryOperator<StepBuilder> retried =
                step -> step.backoff(BackoffStrategy.EXPONENTIAL, Duration.ofSeconds(1), Duration.ofSeconds(10));
        return TemplateBuilder.template("domain_events_rust", "domain_event_publishing", "1.0.0")
                .description("Domain event publishing test: demonstrates event declarations with various conditions and"
                        + " delivery modes (Rust worker)")
                .metadata(
                        "TAS-65 Implementation",
                        List.of(
                                "namespace:domain_events_rust",
                                "pattern:linear",
                                "feature:domain_events",
                                "implementation:rust",
                                "language:rust"),
                        Instant.parse("2025-11-28T00:00:00Z"),
                        Instant.parse("2025-11-28T00:00:00Z"),
                        "Tests domain event publishing with TAS-65 event declaration architecture using native Rust"
                                + " handlers")
                .inputSchema("""
                    {"type": "object", "required": ["order_id", "customer_id"], "properties": {
                      "order_id": {"type": "string", "format": "uuid", "description": "Unique order identifier"},
                      "customer_id": {"type": "string", "description": "Customer identifier"},
                      "amount": {"type": "number", "minimum": 0, "description": "Order amount"},
                      "simulate_failure": {"type": "boolean", "default": false,
                        "description": "Whether to simulate a payment failure"}}}\
                    """)
                .step(
                        "domain_events_validate_order",
                        "domain_events::validate_order::ValidateOrderHandler",
                        step -> retried.apply(step)
                                .description("Validate order data and publish order.validated event on success")
                                .with("validation_mode", "strict")
                                .timeoutSeconds(30)
                                .publishes(
                                        "order.validated",
                                        "Order validation completed successfully",
                                        EventCondition.SUCCESS,
                                        DeliveryMode.FAST,
                                        """
                                        {"type": "object", "required": ["order_id", "validation_timestamp"],
                                         "properties": {"order_id": {"type": "string"},
                                           "validation_timestamp": {"type": "string", "format": "date-time"},
                                           "validation_checks": {"type": "array", "items": {"type": "string"}}}}\
                                        """))
                .step(
                        "domain_events_process_payment",
                        "domain_events::process_payment::ProcessPaymentHandler",
                        step -> retried.apply(step)
                                .description(
                                        "Process payment and publish events for both success and failure scenarios")
                                .dependsOn("domain_events_validate_order")
                                .with("payment_provider", "mock")
                                .timeoutSeconds(60)
                                .publishes(
                                        "payment.processed",
                                        "Payment processed successfully",
                                        EventCondition.SUCCESS,
                                        DeliveryMode.DURABLE,
                                        """
                                        {"type": "object", "required": ["transaction_id", "amount", "payment_method"],
                                         "properties": {"transaction_id": {"type": "string"},
                                           "amount": {"type": "number", "minimum": 0},
                                           "payment_method": {"type": "string"},
                                           "processed_at": {"type": "string", "format": "date-time"}}}\
                                        """,
                                        "PaymentEventPublisher")
                                .publishes(
                                        "payment.failed",
                                        "Payment processing failed",
                                        EventCondition.FAILURE,
                                        DeliveryMode.DURABLE,
                                        """
                                        {"type": "object", "required": ["error_code", "error_message"],
                                         "properties": {"order_id": {"type": "string"}, "error_code": {"type": "string"},
                                           "error_message": {"type": "string"},
                                           "failed_at": {"type": "string", "format": "date-time"}}}\
                                        """))
                .step(
                        "domain_events_update_inventory",
                        "domain_events::update_inventory::UpdateInventoryHandler",
                        step -> retried.apply(step)
                                .description("Update inventory and publish event regardless of outcome")
                                .dependsOn("domain_events_process_payment")
                                .with("inventory_source", "mock")
                                .timeoutSeconds(30)
                                .publishes(
                                        "inventory.updated",
                                        "Inventory update attempted (success or failure)",
                                        EventCondition.ALWAYS,
                                        DeliveryMode.FAST,
                                        """
                                        {"type": "object", "required": ["order_id", "items", "success"],
                                         "properties": {"order_id": {"type": "string"},
                                           "items": {"type": "array", "items": {"type": "object", "properties": {
                                              "sku": {"type": "string"}, "quantity": {"type": "integer"}}}},
                                           "success": {"type": "boolean"}, "error_message": {"type": "string"}}}\
                                        """))
                .step(
                        "domain_events_send_notification",
                        "domain_events::send_notification::SendNotificationHandler",
                        step -> retried.apply(step)
                                .description("Send customer notification with fast delivery event and custom publisher")
                                .dependsOn("domain_events_update_inventory")
                                .with("notification_type", "email")
                                .timeoutSeconds(30)
                                .publishes(
                                        "notification.sent",
                                        "Customer notification sent (fast + custom publisher)",
                                        EventCondition.SUCCESS,
                                        DeliveryMode.FAST,
                                        """
                                        {"type": "object", "required": ["notification_id", "channel", "recipient"],
                                         "properties": {"notification_id": {"type": "string"},
                                           "channel": {"type": "string", "enum": ["email", "sms", "push"]},
                                           "recipient": {"type": "string"},
                                           "sent_at": {"type": "string", "format": "date-time"}}}\
                                        """,
                                        "NotificationEventPublisher"))
                .environment("test", "domain_events_validate_order", step -> quick(step, 5))
                .environment("test", "domain_events_process_payment", step -> quick(step, 10))
                .environment("test", "domain_events_update_inventory", step -> quick(step, 5))
                .environment("test", "domain_events_send_notification", step -> quick(step, 5))
                .build();
    }

    private static StepOverlayBuilder quick(StepOverlayBuilder step, int seconds) {
        return step.timeoutSeconds(seconds).maxAttempts(1);
    }

    @Test
    void everyKeyOfAFileCanBeSaid() {
        TaskTemplate built = TemplateBuilder.template("shop", "order", "1.0.0")
                .strict()
                .description("An order")
                .systemDependencies("bank", "mail")
                .domainEvent("order.paid", "Paid", Map.of("type", "object"))
                .inputSchema(Map.of("type", "object"))
                .inputValidation(InputValidation.OFF)
                .identityStrategy(IdentityStrategy.ALWAYS_UNIQUE)
                .defaultContext(Map.of("currency", "EUR"))
                .defaultOptions(Map.of("fast", true))
                .step(
                        "pay",
                        "shop.pay",
                        step -> step.method("charge")
                                .resolver("explicit_mapping")
                                .atMostOnce()
                                .notRetryable()
                                .maxAttempts(1)
                                .systemDependency("bank")
                                .resultSchema(Map.of("type", "object")))
                .environment(
                        "test",
                        StepOverlay.ALL,
                        step -> step.callable("test.pay")
                                .retryable(true)
                                .backoff(BackoffStrategy.LINEAR, Duration.ofMillis(100), Duration.ofSeconds(1)))
                .build();
        TaskTemplate file = TemplateParser.parse("order.yaml", """
            template_format: 1
            name: order
            namespace_name: shop
            version: 1.0.0
            description: An order
            system_dependencies: {primary: bank, secondary: [mail]}
            domain_events: [{name: order.paid, description: Paid, schema: {type: object}}]
            input_schema: {type: object}
            input_validation: off
            identity_strategy: always_unique
            default_context: {currency: EUR}
            default_options: {fast: true}
            steps:
              - name: pay
                handler: {callable: shop.pay, method: charge, resolver: explicit_mapping, at_most_once: true}
                retry: {retryable: false, max_attempts: 1}
                system_dependency: bank
                result_schema: {type: object}
            environments:
              test:
                steps:
                  - name: ALL
                    handler: {callable: test.pay}
                    retry: {retryable: true, backoff: linear, backoff_base_ms: 100, max_backoff_ms: 1000}
            """).template();

        assertThat(built).isEqualTo(file);
        assertThat(built.toCanonicalJson()).isEqualTo(file.toCanonicalJson());
    }

    @Test
    void whatAFileMayNotSayIsRefusedAlike() {
        TemplateBuilder cycle = TemplateBuilder.template("shop", "order", "1.0.0")
                .step("a", "x", step -> step.dependsOn("b"))
                .step("b", "x", step -> step.dependsOn("a"));

        assertThatThrownBy(cycle::build).isInstanceOf(TemplateException.class).hasMessageContaining("CYCLE_DETECTED");
        assertThatThrownBy(() -> TemplateBuilder.template("shop", "order", "one")
                        .strict()
                        .step("a", "x")
                        .build())
                .hasMessageContaining("VERSION_FORMAT");
    }
}
