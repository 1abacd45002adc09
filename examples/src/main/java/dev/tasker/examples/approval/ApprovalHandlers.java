package dev.tasker.examples.approval;

import static dev.tasker.examples.DeclaredFailure.invalid;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Ids;
import dev.tasker.examples.Members;
import dev.tasker.worker.Decisions;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The six steps of an approval under their callables; which of the branches exist is decided by the amount. */
public final class ApprovalHandlers {
    private static final String PREFIX = "tasker_example_rs::step_handlers::conditional_approval_rust::";
    private static final BigDecimal SMALL = BigDecimal.valueOf(1_000);
    private static final BigDecimal LARGE = BigDecimal.valueOf(5_000);

    private final InstantSource clock;

    private ApprovalHandlers(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The handlers by callable.
     *
     * @param clock tells when things were validated and approved
     */
    public static HandlerRegistry registry(InstantSource clock) {
        var steps = new ApprovalHandlers(clock);
        DeclaredFailure.Body validate = steps::validateRequest;
        DeclaredFailure.Body route = ApprovalHandlers::route;
        DeclaredFailure.Body automatic = new Approve("automatic", "system", "auto_approve", clock);
        DeclaredFailure.Body manager = new Approve("manager", "manager_rust_example", "manager_approval", clock);
        DeclaredFailure.Body finance = new Approve("finance", "finance_rust_example", "finance_review", clock);
        DeclaredFailure.Body finish = new FinalizeApproval(clock);
        return HandlerRegistry.builder()
                .handler(PREFIX + "ValidateRequestHandler", validate.asHandler())
                .handler(PREFIX + "RoutingDecisionHandler", route.asHandler())
                .handler(PREFIX + "AutoApproveHandler", automatic.asHandler())
                .handler(PREFIX + "ManagerApprovalHandler", manager.asHandler())
                .handler(PREFIX + "FinanceReviewHandler", finance.asHandler())
                .handler(PREFIX + "FinalizeApprovalHandler", finish.asHandler())
                .build();
    }

    private StepResult.Success validateRequest(StepContext context) throws DeclaredFailure {
        BigDecimal amount = amount(context, "ValidationError");
        if (amount.signum() <= 0) {
            throw invalid("INVALID_AMOUNT", "amount: " + amount + " (expected: > 0)");
        }
        return StepResult.success(
                Members.of(
                        "amount", amount,
                        "requester", text(context, "requester", "REQUESTER"),
                        "purpose", text(context, "purpose", "PURPOSE"),
                        "validated_at", Ids.now(clock)),
                Map.of(
                        "operation", "validate",
                        "step_type", "initial",
                        "validation_checks", List.of("amount_positive", "requester_present", "purpose_present")));
    }

    private static StepResult.Success route(StepContext context) throws DeclaredFailure {
        BigDecimal amount = amount(context, "DecisionError");
        if (amount.compareTo(SMALL) < 0) {
            return routed("auto_approval", amount, List.of("auto_approve"));
        }
        return amount.compareTo(LARGE) < 0
                ? routed("manager_only", amount, List.of("manager_approval"))
                : routed("dual_approval", amount, List.of("manager_approval", "finance_review"));
    }

    private static StepResult.Success routed(String route, BigDecimal amount, List<String> steps) {
        StepResult.Success decision = Decisions.create(
                steps,
                Members.of(
                        "route_type", route,
                        "reasoning", "an amount of " + amount + " goes to " + String.join(" and ", steps),
                        "amount", amount));
        return StepResult.success(
                decision.value(),
                Map.of(
                        "operation",
                        "routing_decision",
                        "route_thresholds",
                        Members.of("small", SMALL, "large", LARGE)));
    }

    static BigDecimal amount(StepContext context, String errorType) throws DeclaredFailure {
        JsonNode amount = context.input("amount");
        if (amount == null || !amount.isNumber()) {
            throw new DeclaredFailure(StepResult.failure("amount: " + amount + " (expected: a number)")
                    .type(errorType)
                    .code("MISSING_AMOUNT")
                    .permanent());
        }
        return amount.decimalValue();
    }

    private static String text(StepContext context, String field, String code) throws DeclaredFailure {
        @Nullable JsonNode value = context.input(field);
        if (value == null || !value.isString()) {
            throw invalid("MISSING_" + code, field + ": " + value + " (expected: a text)");
        }
        if (value.stringValue().isBlank()) {
            throw invalid("EMPTY_" + code, field + ": empty (expected: a text)");
        }
        return value.stringValue();
    }
}
