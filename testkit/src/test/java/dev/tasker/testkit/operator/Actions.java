package dev.tasker.testkit.operator;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.Operator;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.StepAction.CompleteManually;
import dev.tasker.engine.StepAction.ResetForRetry;
import dev.tasker.engine.StepAction.ResolveManually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TestNode;
import java.util.UUID;

/** Actions of one operator for one reason. */
final class Actions {
    static final Operator ALICE = new Operator("alice", "sub-1");

    private Actions() {}

    static StepAction reset() {
        return new ResetForRetry("fixed", ALICE, false);
    }

    static StepAction resolve() {
        return new ResolveManually("not needed", ALICE);
    }

    static StepAction complete(String result) {
        return new CompleteManually(result, null, "by hand", ALICE);
    }

    /** Acts on the step of that name. */
    static ActionOutcome act(TestNode node, UUID task, String step, StepAction action) {
        return HandDrivenWorker.answer(
                node.engine().operate(task, node.step(task, step).stepUuid(), action));
    }

    /** Acts on the step of that name, which must be allowed. */
    static void done(TestNode node, UUID task, String step, StepAction action) {
        ActionOutcome outcome = act(node, task, step, action);
        if (!(outcome instanceof ActionOutcome.Done)) {
            throw new AssertionError(step + ": " + outcome + " (expected: Done)");
        }
    }
}
