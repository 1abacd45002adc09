package dev.tasker.server.api;

/** Why an operation was refused; each protocol has one table from these to its own codes (03 §1.2, §2.5). */
public enum Fault {
    /** A value out of its bounds or an unknown word. */
    INVALID,
    TASK_UNKNOWN,
    STEP_UNKNOWN,
    /** The step is there, but its task is another one. */
    STEP_OF_OTHER_TASK,
    TEMPLATE_UNKNOWN,
    LETTER_UNKNOWN,
    /** The task has ended. */
    NOT_CANCELLABLE,
    /** The step's state does not allow the action, which clients of the earlier system know as a bad request. */
    ACTION_REFUSED,
    /** Things stand otherwise than the caller thinks. */
    CONFLICT,
    IDENTITY_TAKEN,
    /** The node cannot keep up. */
    BACKPRESSURE,
    /** The database does not answer, and is not asked for now. */
    DATABASE_SUSPENDED,
    /** The same, of reports. */
    REPORTS_SUSPENDED
}
