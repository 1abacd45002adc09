package dev.tasker.engine.internal.graph;

/** Something about an outcome that is carried out, worth a look (02 §6.3, §6.5 point 2). */
public record OutcomeWarning(Subject subject, String text) {

    /** What about it: there is none, or which limit it came near. */
    public enum Subject {
        MISSING_OUTCOME,
        STEP_COUNT,
        DEPTH
    }
}
