package dev.tasker.template;

/** The word that tells a batch worker how to treat a failing item (spec 06 §8.7); the engine only passes it on. */
public enum FailureStrategy implements Keyword {
    /** The worker completes with partial-failure data. */
    CONTINUE_ON_FAILURE,
    /** The worker fails with the first failing item. */
    FAIL_FAST,
    /** Failing items are set apart for manual resolution. */
    ISOLATE
}
