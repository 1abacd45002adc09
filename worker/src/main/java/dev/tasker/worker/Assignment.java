package dev.tasker.worker;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one step, leased to this worker, with everything needed to run it. Two assignments are equal when step
 * and lease token are.
 *
 * @param leaseToken fences the outcome: a later claim of the step has a greater one
 * @param attempt number of this attempt, counted from 1
 * @param timeout zero: the worker's own default applies
 * @param dependencyResults stored result documents (JSON) of all transitive ancestors by step name
 */
public record Assignment(
        UUID taskUuid,
        UUID stepUuid,
        long leaseToken,
        int attempt,
        int maxAttempts,
        Duration timeout,
        TaskView task,
        StepView step,
        Map<String, String> dependencyResults) {

    public Assignment {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt: " + attempt + " (expected: >= 1)");
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Assignment that && leaseToken == that.leaseToken && stepUuid.equals(that.stepUuid);
    }

    @Override
    public int hashCode() {
        return stepUuid.hashCode() * 31 + Long.hashCode(leaseToken);
    }

    @Override
    public String toString() {
        return "step " + step.name() + " " + stepUuid + " attempt " + attempt + " of task " + taskUuid;
    }
}
