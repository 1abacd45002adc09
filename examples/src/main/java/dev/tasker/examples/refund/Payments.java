package dev.tasker.examples.refund;

import static dev.tasker.examples.refund.Refusals.confirmed;
import static dev.tasker.examples.refund.Refusals.passing;
import static dev.tasker.examples.refund.Refusals.permanent;
import static dev.tasker.examples.refund.Refusals.required;
import static dev.tasker.examples.refund.Refusals.unless;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Ids;
import dev.tasker.examples.Members;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A refund as payments sees it: check the payment, ask the gateway, keep the books, tell the customer. */
final class Payments {
    private static final String NAMESPACE = "payments";
    private static final Duration ARRIVAL = Duration.ofDays(5);

    private final InstantSource clock;

    private Payments(InstantSource clock) {
        this.clock = clock;
    }

    static HandlerRegistry registry(InstantSource clock) {
        var steps = new Payments(clock);
        DeclaredFailure.Body validate = steps::validateEligibility;
        DeclaredFailure.Body process = steps::processRefund;
        DeclaredFailure.Body update = steps::updateRecords;
        DeclaredFailure.Body notify = steps::notifyCustomer;
        return HandlerRegistry.builder()
                .handler("team_scaling_payments_validate_eligibility", validate.asHandler())
                .handler("team_scaling_payments_process_gateway_refund", process.asHandler())
                .handler("team_scaling_payments_update_records", update.asHandler())
                .handler("team_scaling_payments_notify_customer", notify.asHandler())
                .build();
    }

    private StepResult.Success validateEligibility(StepContext context) throws DeclaredFailure {
        String payment = required(context, "payment_id").asString("");
        long amount = required(context, "refund_amount").asLong(0);
        if (amount <= 0) {
            throw permanent(
                    "INVALID_REFUND_AMOUNT", "ValidationError", "refund_amount: " + amount + " (expected: > 0)");
        }
        unless(
                payment,
                "pay_test_insufficient",
                permanent("INSUFFICIENT_FUNDS", "PaymentError", payment + " has no funds"));
        unless(
                payment,
                "pay_test_processing",
                passing("PAYMENT_PROCESSING", "PaymentError", payment + " is being processed"));
        unless(
                payment,
                "pay_test_ineligible",
                permanent("PAYMENT_INELIGIBLE", "PaymentError", payment + " cannot be refunded"));
        return result(
                "validate_payment_eligibility",
                "payment_gateway",
                Map.of("payment_id", payment),
                Members.of(
                        "payment_validated",
                        true,
                        "payment_id",
                        payment,
                        "original_amount",
                        amount + 1_000,
                        "refund_amount",
                        amount,
                        "payment_method",
                        "credit_card",
                        "gateway_provider",
                        "MockPaymentGateway",
                        "eligibility_status",
                        "eligible",
                        "validation_timestamp",
                        Ids.now(clock)));
    }

    private StepResult.Success processRefund(StepContext context) throws DeclaredFailure {
        JsonNode payment =
                confirmed(context, "validate_payment_eligibility", "payment_validated", "MISSING_VALIDATION");
        String id = payment.path("payment_id").asString("");
        unless(
                id,
                "pay_test_gateway_timeout",
                passing("GATEWAY_TIMEOUT", "GatewayError", "the gateway did not answer"));
        unless(
                id,
                "pay_test_gateway_error",
                permanent("GATEWAY_REFUND_FAILED", "GatewayError", "the gateway refused the refund"));
        String refund = Ids.of("rfnd", 12);
        return result(
                "process_gateway_refund",
                "payment_gateway",
                Map.of("payment_id", id, "refund_id", refund),
                Members.of(
                        "refund_processed", true,
                        "refund_id", refund,
                        "payment_id", id,
                        "refund_amount", payment.get("refund_amount"),
                        "refund_status", "processed",
                        "gateway_transaction_id", Ids.of("gtx", 12),
                        "gateway_provider", payment.get("gateway_provider"),
                        "processed_at", Ids.now(clock),
                        "estimated_arrival", Ids.timestamp(clock.instant().plus(ARRIVAL))));
    }

    private StepResult.Success updateRecords(StepContext context) throws DeclaredFailure {
        JsonNode refund = confirmed(context, "process_gateway_refund", "refund_processed", "MISSING_REFUND");
        String payment = refund.path("payment_id").asString("");
        unless(payment, "pay_test_record_lock", passing("RECORD_LOCKED", "RecordError", payment + " is locked"));
        return result(
                "update_payment_records",
                "payment_record_system",
                Map.of("payment_id", payment),
                Members.of(
                        "records_updated",
                        true,
                        "payment_id",
                        payment,
                        "refund_id",
                        refund.get("refund_id"),
                        "record_id",
                        Ids.of("rec", 12),
                        "payment_status",
                        "refunded",
                        "refund_status",
                        "completed",
                        "history_entries_created",
                        2,
                        "updated_at",
                        Ids.now(clock)));
    }

    private StepResult.Success notifyCustomer(StepContext context) throws DeclaredFailure {
        JsonNode refund = confirmed(context, "process_gateway_refund", "refund_processed", "MISSING_REFUND");
        JsonNode address = context.input("customer_email");
        String email = address == null ? "" : address.asString("");
        if (email.isBlank()) {
            throw permanent("MISSING_CUSTOMER_EMAIL", "ValidationError", "customer_email is missing (expected: one)");
        }
        unless(email, "@test_bounce", permanent("EMAIL_BOUNCED", "NotificationError", email + " bounced"));
        unless(email, "@test_rate_limit", passing("RATE_LIMITED", "NotificationError", "too many e-mails"));
        String message = Ids.of("msg", 12);
        return result(
                "notify_customer",
                "email_service",
                Map.of("message_id", message),
                Members.of(
                        "notification_sent",
                        true,
                        "customer_email",
                        email,
                        "message_id",
                        message,
                        "notification_type",
                        "refund_confirmation",
                        "sent_at",
                        Ids.now(clock),
                        "delivery_status",
                        "delivered",
                        "refund_id",
                        refund.get("refund_id"),
                        "refund_amount",
                        refund.get("refund_amount")));
    }

    private static StepResult.Success result(
            String operation, String service, Map<String, String> ids, Map<String, @Nullable Object> value) {
        return Refunds.result(NAMESPACE, operation, service, ids, value);
    }
}
