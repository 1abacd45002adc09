package dev.tasker.examples.approval;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Ids;
import dev.tasker.examples.Members;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One who approves. */
record Approve(String type, String by, String operation, InstantSource clock) implements DeclaredFailure.Body {

    @Override
    public StepResult.Success run(StepContext context) throws DeclaredFailure {
        Map<String, @Nullable Object> metadata = Members.of("operation", operation, "step_type", "dynamic_branch");
        if (type.equals("automatic")) {
            metadata.put("approval_method", "automated");
        } else {
            metadata.put("approval_level", type);
        }
        return StepResult.success(
                Members.of(
                        "approved",
                        true,
                        "approval_type",
                        type,
                        "approved_amount",
                        ApprovalHandlers.amount(context, "ValidationError"),
                        "approved_by",
                        by,
                        "approved_at",
                        Ids.now(clock),
                        "notes",
                        type + " approval for " + context.inputOr("requester", "somebody")),
                metadata);
    }
}
