package dev.tasker.template;

/** What happens to a task that rests too long in one state (spec 06 §6). */
public enum StalenessAction implements Keyword {
    /** A dead-letter entry is created, then the task is moved to its error state. */
    DLQ,
    /** The task is moved to its error state. */
    ERROR,
    /** Nothing. */
    NONE
}
