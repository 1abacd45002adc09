package dev.tasker.worker;

import org.jspecify.annotations.Nullable;

/** Progress could not be saved; the step may be tried again from the checkpoint before (02 §7.5). */
public class CheckpointStepException extends RetryableStepException {

    /**
     * A failure to save.
     *
     * @param reason why, without the words that every such failure begins with
     */
    public CheckpointStepException(String reason, @Nullable Throwable cause) {
        super("Checkpoint yield failed: " + reason, null, cause);
    }

    @Override
    StepResult.Failure stated() {
        return super.stated().type(ErrorTypes.CHECKPOINT_ERROR);
    }
}
