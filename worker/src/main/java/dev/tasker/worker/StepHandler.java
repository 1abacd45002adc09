package dev.tasker.worker;

/**
 * User code behind a step. One instance serves all attempts at once, so it must be thread-safe. It runs on a virtual
 * thread of its own, is interrupted when its time is up, its lease is lost or the worker stops, and may be run again
 * after any failure.
 */
@FunctionalInterface
public interface StepHandler {

    /**
     * Runs one attempt.
     *
     * @throws Exception fails the attempt; {@link StepException} says how, every other exception is classified by type
     */
    StepResult handle(StepContext context) throws Exception;
}
