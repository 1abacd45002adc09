package dev.tasker.worker;

/**
 * A value that a handler may return from an annotated method and that becomes a result of its own shape: a decision, a batch plan, or a
 * type of the user's.
 */
@FunctionalInterface
public interface ResultValue {

    /**
     * The result this value stands for.
     *
     * @param version of the handler that returned it
     */
    StepResult toResult(StepContext context, String version);
}
