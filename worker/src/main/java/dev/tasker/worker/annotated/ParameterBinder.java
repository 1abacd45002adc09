package dev.tasker.worker.annotated;

import dev.tasker.worker.StepContext;
import org.jspecify.annotations.Nullable;

/** Finds the value of one parameter for one attempt; what it needs of the method was worked out before. */
@FunctionalInterface
interface ParameterBinder {
    @Nullable
    Object bind(StepContext context);
}
