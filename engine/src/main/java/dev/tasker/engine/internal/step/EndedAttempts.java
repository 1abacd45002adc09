package dev.tasker.engine.internal.step;

import dev.tasker.engine.StepState;
import dev.tasker.engine.internal.task.TaskUuids;
import dev.tasker.errors.Classification;
import dev.tasker.errors.ErrorAction;
import dev.tasker.errors.ErrorClassifier;
import dev.tasker.errors.ErrorContext;
import dev.tasker.errors.ErrorHandling;
import dev.tasker.errors.OrchestrationError;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Judges attempts that the engine ended itself, for whoever listens (01 §4.3). What the database did is told, not decided. Thread-safe. */
public final class EndedAttempts {
    private final ErrorClassifier classifier = new ErrorClassifier();

    /**
     * The judgement.
     *
     * @param attempts made and allowed
     * @param backoff stored for the next attempt, null: none
     */
    public ErrorHandling judge(
            OrchestrationError error,
            StepKey step,
            StepState state,
            int attempts,
            int attemptsMax,
            @Nullable Duration backoff) {
        UUID stepUuid = TaskUuids.stepUuid(step.task(), step.index());
        Classification verdict = classifier.classify(
                error, ErrorContext.orchestration(step.task(), stepUuid, stepUuid.toString(), attempts, attemptsMax));
        return new ErrorHandling(
                stepUuid,
                ErrorAction.after(verdict),
                state.text(),
                state == StepState.WAITING_FOR_RETRY ? backoff : null,
                verdict.summary());
    }
}
