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
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A refund as customer success sees it: check the request, get it approved, hand it to payments, close the ticket. */
final class CustomerSuccess {
    private static final String NAMESPACE = "customer_success";
    private static final int MANAGERS = 5;
    private static final Duration PURCHASED_BEFORE = Duration.ofDays(30);

    private final InstantSource clock;

    private CustomerSuccess(InstantSource clock) {
        this.clock = clock;
    }

    static HandlerRegistry registry(InstantSource clock) {
        var steps = new CustomerSuccess(clock);
        DeclaredFailure.Body validate = steps::validateRequest;
        DeclaredFailure.Body check = steps::checkPolicy;
        DeclaredFailure.Body approve = steps::getApproval;
        DeclaredFailure.Body execute = steps::executeWorkflow;
        DeclaredFailure.Body update = steps::updateTicket;
        return HandlerRegistry.builder()
                .handler("team_scaling_cs_validate_refund_request", validate.asHandler())
                .handler("team_scaling_cs_check_refund_policy", check.asHandler())
                .handler("team_scaling_cs_get_manager_approval", approve.asHandler())
                .handler("team_scaling_cs_execute_refund_workflow", execute.asHandler())
                .handler("team_scaling_cs_update_ticket_status", update.asHandler())
                .build();
    }

    private StepResult.Success validateRequest(StepContext context) throws DeclaredFailure {
        String ticket = required(context, "ticket_id").asString("");
        String customer = required(context, "customer_id").asString("");
        required(context, "refund_amount");
        unless(ticket, "ticket_closed", permanent("TICKET_CLOSED", "ValidationError", ticket + " is closed"));
        unless(ticket, "ticket_cancelled", permanent("TICKET_CANCELLED", "ValidationError", ticket + " is cancelled"));
        return result(
                "validate_refund_request",
                "customer_service_platform",
                Map.of("ticket_id", ticket, "customer_id", customer),
                Members.of(
                        "request_validated",
                        true,
                        "ticket_id",
                        ticket,
                        "customer_id",
                        customer,
                        "ticket_status",
                        "open",
                        "customer_tier",
                        Policy.ofCustomer(customer).tier(),
                        "original_purchase_date",
                        Ids.timestamp(clock.instant().minus(PURCHASED_BEFORE)),
                        "payment_id",
                        Ids.of("pay", 12),
                        "validation_timestamp",
                        Ids.now(clock)));
    }

    private StepResult.Success checkPolicy(StepContext context) throws DeclaredFailure {
        JsonNode request = confirmed(context, "validate_refund_request", "request_validated", "MISSING_VALIDATION");
        long amount = required(context, "refund_amount").asLong(0);
        Policy policy = Policy.ofTier(request.path("customer_tier").asString("standard"));
        Instant purchased = OffsetDateTime.parse(
                        request.path("original_purchase_date").asString(""))
                .toInstant();
        long days = Duration.between(purchased, clock.instant()).toDays();
        if (days > policy.windowDays) {
            throw permanent(
                    "OUTSIDE_REFUND_WINDOW",
                    "PolicyError",
                    "days since purchase: " + days + " (expected: <= " + policy.windowDays + ")");
        }
        if (amount > policy.amountMax) {
            throw permanent(
                    "EXCEEDS_AMOUNT_LIMIT",
                    "PolicyError",
                    "refund_amount: " + amount + " (expected: <= " + policy.amountMax + ")");
        }
        return result(
                "check_refund_policy",
                "policy_engine",
                Map.of("customer_tier", policy.tier()),
                Members.of(
                        "policy_checked",
                        true,
                        "policy_compliant",
                        true,
                        "customer_tier",
                        policy.tier(),
                        "refund_window_days",
                        policy.windowDays,
                        "days_since_purchase",
                        days,
                        "within_refund_window",
                        true,
                        "requires_approval",
                        policy.needsApproval,
                        "max_allowed_amount",
                        policy.amountMax,
                        "policy_checked_at",
                        Ids.now(clock)));
    }

    private StepResult.Success getApproval(StepContext context) throws DeclaredFailure {
        JsonNode policy = confirmed(context, "check_refund_policy", "policy_checked", "MISSING_POLICY_CHECK");
        JsonNode request = confirmed(context, "validate_refund_request", "request_validated", "MISSING_VALIDATION");
        String ticket = request.path("ticket_id").asString("");
        boolean needed = policy.path("requires_approval").asBoolean(true);
        if (needed) {
            unless(ticket, "ticket_denied", permanent("APPROVAL_DENIED", "ApprovalError", ticket + " is denied"));
            unless(ticket, "ticket_pending", passing("APPROVAL_PENDING", "ApprovalPending", ticket + " is undecided"));
        }
        return result(
                "get_manager_approval",
                "approval_portal",
                Map.of("ticket_id", ticket),
                Members.of(
                        "approval_obtained",
                        true,
                        "approval_required",
                        needed,
                        "auto_approved",
                        !needed,
                        "approval_id",
                        needed ? Ids.of("appr", 12) : null,
                        "manager_id",
                        needed ? "mgr_" + (1 + ThreadLocalRandom.current().nextInt(MANAGERS)) : null,
                        "manager_notes",
                        needed ? "approved after review" : "no approval needed",
                        "approved_at",
                        Ids.now(clock)));
    }

    private StepResult.Success executeWorkflow(StepContext context) throws DeclaredFailure {
        confirmed(context, "get_manager_approval", "approval_obtained", "MISSING_APPROVAL");
        JsonNode request = confirmed(context, "validate_refund_request", "request_validated", "MISSING_VALIDATION");
        if (request.path("payment_id").asString("").isEmpty()) {
            throw permanent("MISSING_PAYMENT_ID", "DependencyError", "payment_id is missing (expected: one)");
        }
        JsonNode correlation = context.input("correlation_id");
        String task = "task_" + UUID.randomUUID();
        return result(
                "execute_refund_workflow",
                "task_delegation",
                Map.of("delegated_task_id", task),
                Members.of(
                        "task_delegated",
                        true,
                        "target_namespace",
                        "payments",
                        "target_workflow",
                        "process_refund",
                        "delegated_task_id",
                        task,
                        "delegated_task_status",
                        "created",
                        "delegation_timestamp",
                        Ids.now(clock),
                        "correlation_id",
                        correlation == null ? "cs-" + Ids.hex(12) : correlation));
    }

    private StepResult.Success updateTicket(StepContext context) throws DeclaredFailure {
        JsonNode delegation = confirmed(context, "execute_refund_workflow", "task_delegated", "MISSING_DELEGATION");
        JsonNode request = confirmed(context, "validate_refund_request", "request_validated", "MISSING_VALIDATION");
        String ticket = request.path("ticket_id").asString("");
        unless(ticket, "ticket_locked", passing("TICKET_LOCKED", "TicketLocked", ticket + " is locked"));
        return result(
                "update_ticket_status",
                "customer_service_platform",
                Map.of("ticket_id", ticket),
                Members.of(
                        "ticket_updated",
                        true,
                        "ticket_id",
                        ticket,
                        "previous_status",
                        "in_progress",
                        "new_status",
                        "resolved",
                        "resolution_note",
                        "refund of " + context.input("refund_amount") + " is on its way",
                        "updated_at",
                        Ids.now(clock),
                        "refund_completed",
                        true,
                        "delegated_task_id",
                        delegation.get("delegated_task_id")));
    }

    private static StepResult.Success result(
            String operation, String service, Map<String, String> ids, Map<String, @Nullable Object> value) {
        return Refunds.result(NAMESPACE, operation, service, ids, value);
    }
}
