package dev.tasker.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult.Failure;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the business handlers refuse: code, type and whether another attempt may help (spec 09 §4.3, §4.8 to §4.13). */
class RefusalsTest {
    private final HandlerRegistry registry = ConformanceHandlers.registry();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        ValidateRequest | {}                                                | MISSING_AMOUNT    | ValidationError
        ValidateRequest | {'amount': 'a lot'}                               | MISSING_AMOUNT    | ValidationError
        ValidateRequest | {'amount': 0, 'requester': 'r', 'purpose': 'p'}   | INVALID_AMOUNT    | ValidationError
        ValidateRequest | {'amount': 1, 'purpose': 'p'}                     | MISSING_REQUESTER | ValidationError
        ValidateRequest | {'amount': 1, 'requester': ' ', 'purpose': 'p'}   | EMPTY_REQUESTER   | ValidationError
        ValidateRequest | {'amount': 1, 'requester': 'r'}                   | MISSING_PURPOSE   | ValidationError
        ValidateRequest | {'amount': 1, 'requester': 'r', 'purpose': ''}    | EMPTY_PURPOSE     | ValidationError
        RoutingDecision | {}                                                | MISSING_AMOUNT    | DecisionError
        """)
    void approval(String handler, String context, String code, String type) throws Exception {
        String callable = "tasker_example_rs::step_handlers::conditional_approval_rust::" + handler + "Handler";

        assertRefusal(Attempt.of(registry, callable).context(context).fails(), code, type, false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {}                                                     | MISSING_CART_ITEMS
        {'cart_items': 'none'}                                 | MISSING_CART_ITEMS
        {'cart_items': [{'product_id': 1}]}                    | MISSING_CART_ITEMS
        {'cart_items': [{'product_id': 1, 'quantity': 0}]}     | MISSING_CART_ITEMS
        {'cart_items': []}                                     | EMPTY_CART
        {'cart_items': [{'product_id': 4, 'quantity': 1}]}     | PRODUCT_NOT_FOUND
        {'cart_items': [{'product_id': 3, 'quantity': 26}]}    | INSUFFICIENT_STOCK
        """)
    void cart(String context, String code) throws Exception {
        assertRefusal(
                Attempt.of(registry, "ecommerce_validate_cart").context(context).fails(),
                code,
                "ValidationError",
                false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {}                                                                         | MISSING_PAYMENT_INFO | ValidationError | false
        {'payment_info': {'method': 'card'}}                                       | MISSING_PAYMENT_INFO | ValidationError | false
        {'payment_info': {'method': 'card', 'token': 'tok_test_declined'}}         | CARD_DECLINED        | PaymentError    | false
        {'payment_info': {'method': 'card', 'token': 'tok_test_insufficient_funds'}} | INSUFFICIENT_FUNDS | PaymentError    | false
        {'payment_info': {'method': 'card', 'token': 'tok_test_network_error'}}    | NETWORK_ERROR        | PaymentError    | true
        """)
    void payment(String context, String code, String type, boolean retryable) throws Exception {
        Failure failure = Attempt.of(registry, "ecommerce_process_payment")
                .dependency("validate_cart", "{'total': 124.76}")
                .context(context)
                .fails();

        assertRefusal(failure, code, type, retryable);
        if (type.equals("PaymentError")) {
            assertThat(Attempt.tree(failure.context()))
                    .isEqualTo(Attempt.JSON.readTree("{\"payment_method\": \"card\", \"amount\": 124.76}"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ecommerce_process_payment",
        "ecommerce_update_inventory",
        "ecommerce_create_order",
        "ecommerce_send_confirmation"
    })
    void shopWithoutEarlierResults(String callable) throws Exception {
        assertRefusal(Attempt.of(registry, callable).fails(), "MISSING_DEPENDENCY", "DependencyError", true);
    }

    @ParameterizedTest
    @CsvSource({"ecommerce_create_order", "ecommerce_send_confirmation"})
    void shopWithoutCustomer(String callable) throws Exception {
        Failure failure = Attempt.of(registry, callable)
                .dependency("validate_cart", "{'validated_items': [], 'item_count': 0, 'total': 1}")
                .dependency("process_payment", "{'transaction_id': 't', 'amount_charged': 1}")
                .dependency("update_inventory", "{'reservations': []}")
                .dependency("create_order", "{'order_id': 'o'}")
                .context("{'customer_info': {'name': 'Ada'}}")
                .fails();

        assertRefusal(failure, "MISSING_CUSTOMER_INFO", "ValidationError", false);
    }

    @ParameterizedTest
    @CsvSource({
        "transform_sales, MISSING_EXTRACT_RESULTS",
        "transform_inventory, MISSING_EXTRACT_RESULTS",
        "transform_customers, MISSING_EXTRACT_RESULTS",
        "aggregate_metrics, MISSING_TRANSFORM_RESULTS",
        "generate_insights, MISSING_AGGREGATE_RESULTS"
    })
    void pipelineWithoutEarlierResults(String step, String code) throws Exception {
        assertRefusal(Attempt.of(registry, "data_pipeline_" + step).fails(), code, "DependencyError", false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        create_user_account    | {}                                                    | MISSING_USER_INFO       | ValidationError | false
        create_user_account    | {'user_info': {'email': 'a@b.c'}}                     | MISSING_USER_INFO       | ValidationError | false
        create_user_account    | {'user_info': {'email': '', 'name': 'Ada'}}           | MISSING_EMAIL           | ValidationError | false
        create_user_account    | {'user_info': {'email': 'a@b.c', 'name': ''}}         | MISSING_NAME            | ValidationError | false
        create_user_account    | {'user_info': {'email': 'ada', 'name': 'Ada'}}        | INVALID_EMAIL_FORMAT    | ValidationError | false
        create_user_account    | {'user_info': {'email': '@b.c', 'name': 'Ada'}}       | INVALID_EMAIL_FORMAT    | ValidationError | false
        setup_billing_profile  | {}                                                    | MISSING_USER_DATA       | DependencyError | true
        initialize_preferences | {}                                                    | MISSING_USER_DATA       | DependencyError | true
        send_welcome_sequence  | {}                                                    | MISSING_DEPENDENCY_DATA | DependencyError | true
        update_user_status     | {}                                                    | INCOMPLETE_WORKFLOW     | WorkflowError   | false
        """)
    void registration(String step, String context, String code, String type, boolean retryable) throws Exception {
        assertRefusal(
                Attempt.of(registry, "microservices_" + step).context(context).fails(), code, type, retryable);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        validate_refund_request | {}                                             | {} | MISSING_REQUIRED_FIELDS | ValidationError | false
        validate_refund_request | {'ticket_id': 't', 'customer_id': 'c'}         | {} | MISSING_REQUIRED_FIELDS | ValidationError | false
        validate_refund_request | {'ticket_id': 'ticket_closed_1', 'customer_id': 'c', 'refund_amount': 1} | {} | TICKET_CLOSED | ValidationError | false
        validate_refund_request | {'ticket_id': 'ticket_cancelled_1', 'customer_id': 'c', 'refund_amount': 1} | {} | TICKET_CANCELLED | ValidationError | false
        check_refund_policy     | {'refund_amount': 1}                           | {} | MISSING_VALIDATION   | DependencyError | false
        get_manager_approval    | {}                                             | {} | MISSING_POLICY_CHECK | DependencyError | false
        get_manager_approval    | {}  | {'check_refund_policy': {'policy_checked': true}} | MISSING_VALIDATION | DependencyError | false
        get_manager_approval    | {}  | {'check_refund_policy': {'policy_checked': true, 'requires_approval': true}, 'validate_refund_request': {'request_validated': true, 'ticket_id': 'ticket_denied'}} | APPROVAL_DENIED | ApprovalError | false
        get_manager_approval    | {}  | {'check_refund_policy': {'policy_checked': true, 'requires_approval': true}, 'validate_refund_request': {'request_validated': true, 'ticket_id': 'ticket_pending'}} | APPROVAL_PENDING | ApprovalPending | true
        execute_refund_workflow | {}                                             | {} | MISSING_APPROVAL     | DependencyError | false
        execute_refund_workflow | {}  | {'get_manager_approval': {'approval_obtained': true}, 'validate_refund_request': {'request_validated': true, 'payment_id': ''}} | MISSING_PAYMENT_ID | DependencyError | false
        update_ticket_status    | {}                                             | {} | MISSING_DELEGATION   | DependencyError | false
        update_ticket_status    | {}  | {'execute_refund_workflow': {'task_delegated': true}, 'validate_refund_request': {'request_validated': true, 'ticket_id': 'ticket_locked'}} | TICKET_LOCKED | TicketLocked | true
        """)
    void customerSuccess(String step, String context, String dependencies, String code, String type, boolean retryable)
            throws Exception {
        Attempt attempt = with(Attempt.of(registry, "team_scaling_cs_" + step).context(context), dependencies);

        assertRefusal(attempt.fails(), code, type, retryable);
    }

    @ParameterizedTest
    @CsvSource({
        "standard, P31D, 1, OUTSIDE_REFUND_WINDOW",
        "gold, P61D, 1, OUTSIDE_REFUND_WINDOW",
        "premium, P91D, 1, OUTSIDE_REFUND_WINDOW",
        "standard, P30D, 10001, EXCEEDS_AMOUNT_LIMIT",
        "gold, P60D, 50001, EXCEEDS_AMOUNT_LIMIT",
        "premium, P90D, 100001, EXCEEDS_AMOUNT_LIMIT"
    })
    void refundPolicy(String tier, String ago, int amount, String code) throws Exception {
        Instant purchased = InstantSource.system().instant().minus(Period.parse(ago));
        Failure failure = Attempt.of(registry, "team_scaling_cs_check_refund_policy")
                .dependency(
                        "validate_refund_request",
                        "{'request_validated': true, 'customer_tier': '" + tier + "', 'original_purchase_date': '"
                                + purchased + "'}")
                .context("{'refund_amount': " + amount + "}")
                .fails();

        assertRefusal(failure, code, "PolicyError", false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        validate_eligibility   | {}                                                            | {} | MISSING_REQUIRED_FIELDS | ValidationError | false
        validate_eligibility   | {'payment_id': 'pay_1', 'refund_amount': 0}                   | {} | INVALID_REFUND_AMOUNT   | ValidationError | false
        validate_eligibility   | {'payment_id': 'pay_test_insufficient', 'refund_amount': 1}   | {} | INSUFFICIENT_FUNDS      | PaymentError    | false
        validate_eligibility   | {'payment_id': 'pay_test_processing', 'refund_amount': 1}     | {} | PAYMENT_PROCESSING      | PaymentError    | true
        validate_eligibility   | {'payment_id': 'pay_test_ineligible', 'refund_amount': 1}     | {} | PAYMENT_INELIGIBLE      | PaymentError    | false
        process_gateway_refund | {} | {}                                                            | MISSING_VALIDATION      | DependencyError | false
        process_gateway_refund | {} | {'validate_payment_eligibility': {'payment_validated': true, 'payment_id': 'pay_test_gateway_timeout'}} | GATEWAY_TIMEOUT | GatewayError | true
        process_gateway_refund | {} | {'validate_payment_eligibility': {'payment_validated': true, 'payment_id': 'pay_test_gateway_error'}} | GATEWAY_REFUND_FAILED | GatewayError | false
        update_records         | {} | {}                                                            | MISSING_REFUND          | DependencyError | false
        update_records         | {} | {'process_gateway_refund': {'refund_processed': true, 'payment_id': 'pay_test_record_lock'}} | RECORD_LOCKED | RecordError | true
        notify_customer        | {} | {}                                                            | MISSING_REFUND          | DependencyError | false
        notify_customer        | {} | {'process_gateway_refund': {'refund_processed': true}}         | MISSING_CUSTOMER_EMAIL  | ValidationError | false
        notify_customer        | {'customer_email': 'a@test_bounce.org'} | {'process_gateway_refund': {'refund_processed': true}} | EMAIL_BOUNCED | NotificationError | false
        notify_customer        | {'customer_email': 'a@test_rate_limit.org'} | {'process_gateway_refund': {'refund_processed': true}} | RATE_LIMITED | NotificationError | true
        """)
    void payments(String step, String context, String dependencies, String code, String type, boolean retryable)
            throws Exception {
        Attempt attempt =
                with(Attempt.of(registry, "team_scaling_payments_" + step).context(context), dependencies);

        assertRefusal(attempt.fails(), code, type, retryable);
    }

    private static Attempt with(Attempt attempt, String dependencies) {
        Attempt.JSON
                .readTree(dependencies.replace('\'', '"'))
                .forEachEntry((step, result) -> attempt.dependency(step, result.toString()));
        return attempt;
    }

    private static void assertRefusal(Failure failure, String code, String type, boolean retryable) {
        assertThat(List.of(failure.code(), failure.type(), failure.retryable()))
                .isEqualTo(List.of(code, type, retryable));
        assertThat(failure.message()).isNotBlank();
    }
}
