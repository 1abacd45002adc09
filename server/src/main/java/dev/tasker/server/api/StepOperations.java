package dev.tasker.server.api;

import dev.tasker.engine.Engine;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.StepAudit;
import dev.tasker.engine.StepView;
import dev.tasker.server.security.Principal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Steps of tasks (03 §1.6). Blocks and throws as {@link TaskOperations} does. Thread-safe. */
public final class StepOperations {
    private final Engine engine;

    public StepOperations(Engine engine) {
        this.engine = engine;
    }

    /** What a person wants done to a step, before it is known who is asking. */
    public sealed interface ManualAction {
        /** As which operator, in the caller's words. */
        String operator();

        String reason();

        record ResetForRetry(String reason, String operator) implements ManualAction {}

        record ResolveManually(String reason, String operator) implements ManualAction {}

        /**
         * Supplies the result.
         *
         * @param result JSON
         * @param metadata JSON, null: none
         */
        record CompleteManually(String result, @Nullable String metadata, String reason, String operator)
                implements ManualAction {}
    }

    /** In order of creation; none for an unknown task. */
    public List<StepView> list(UUID taskUuid) {
        return engine.steps(taskUuid);
    }

    public StepView step(UUID taskUuid, UUID stepUuid) {
        StepView step = engine.step(stepUuid)
                .orElseThrow(() -> new RefusedOperationException(Fault.STEP_UNKNOWN, "Resource not found"));
        if (!step.taskUuid().equals(taskUuid)) {
            throw new RefusedOperationException(Fault.STEP_OF_OTHER_TASK, "Step does not belong to the specified task");
        }
        return step;
    }

    /** Newest first. */
    public List<StepAudit> audit(UUID taskUuid, UUID stepUuid) {
        return engine.audit(step(taskUuid, stepUuid));
    }

    /** Acts on a step and evaluates its task in the same transaction; returns the step as it is then. */
    public StepView act(UUID taskUuid, UUID stepUuid, ManualAction action, Principal caller)
            throws InterruptedException {
        StepView before = step(taskUuid, stepUuid);
        Outcomes.require(
                Outcomes.of(engine.operate(taskUuid, before.stepUuid(), toEngine(action, caller))),
                Fault.STEP_UNKNOWN,
                Fault.ACTION_REFUSED);
        return step(taskUuid, stepUuid);
    }

    private static StepAction toEngine(ManualAction action, Principal caller) {
        return switch (action) {
            case ManualAction.ResetForRetry(String reason, String name) ->
                new StepAction.ResetForRetry(reason, Callers.operator(name, caller), false);
            case ManualAction.ResolveManually(String reason, String name) ->
                new StepAction.ResolveManually(reason, Callers.operator(name, caller));
            case ManualAction.CompleteManually(String result, String metadata, String reason, String name) ->
                new StepAction.CompleteManually(result, metadata, reason, Callers.operator(name, caller));
        };
    }
}
