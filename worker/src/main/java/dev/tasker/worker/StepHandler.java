package dev.tasker.worker;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * User code behind a step. One instance serves all attempts at once, so it must be thread-safe. It runs on a virtual
 * thread of its own, is interrupted when its time is up, its lease is lost or the worker stops, and may be run again
 * after any failure.
 */
@FunctionalInterface
public interface StepHandler {

    /** The method of every handler, and the only one of most. */
    String CALL = "call";

    /** The version of a handler that states none. */
    String VERSION = "1.0.0";

    /**
     * Runs one attempt.
     *
     * @throws Exception fails the attempt; {@link StepException} says how, every other exception is classified by type
     */
    StepResult handle(StepContext context) throws Exception;

    /** What runs where the template names this {@code handler.method}, null when there is no such method. */
    default @Nullable StepHandler method(String name) {
        return name.equals(CALL) ? this : null;
    }

    /** The methods there are. */
    default List<String> methods() {
        return List.of(CALL);
    }

    /** The version of this handler, for people. */
    default String version() {
        return VERSION;
    }
}
