package dev.tasker.examples.approval;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Ids;
import dev.tasker.examples.Members;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Sums up whichever approvals there are. */
record FinalizeApproval(InstantSource clock) implements DeclaredFailure.Body {

    @Override
    public StepResult.Success run(StepContext context) throws DeclaredFailure {
        List<JsonNode> approvals = Stream.of("auto_approve", "manager_approval", "finance_review")
                .map(context::dependencyResult)
                .filter(Objects::nonNull)
                .toList();
        List<String> chain = approvals.stream()
                .map(approval -> approval.path("approval_type").asString(""))
                .sorted()
                .toList();
        return StepResult.success(
                Members.of(
                        "approved", true,
                        "final_amount", ApprovalHandlers.amount(context, "ValidationError"),
                        "requester", context.input("requester"),
                        "purpose", context.input("purpose"),
                        "approval_chain", chain,
                        "approved_by",
                                approvals.stream()
                                        .map(approval ->
                                                approval.path("approved_by").asString(""))
                                        .toList(),
                        "finalized_at", Ids.now(clock),
                        "approval_path", path(chain)),
                Map.of(
                        "operation", "finalize_approval",
                        "approval_count", approvals.size(),
                        "step_type", "convergence"));
    }

    private static String path(List<String> chain) {
        if (chain.equals(List.of("automatic"))) {
            return "auto";
        }
        if (chain.equals(List.of("manager"))) {
            return "manager_only";
        }
        return chain.equals(List.of("finance", "manager")) ? "dual_approval" : "unknown";
    }
}
