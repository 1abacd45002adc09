package dev.tasker.engine;

/** What became of a reported result (04 §9.6). */
public enum Completion {
    /** Recorded, with everything that follows from it. */
    ACCEPTED,
    /** This lease's result was recorded before; nothing changed. */
    DUPLICATE,
    /** The lease had ended otherwise; nothing changed. */
    STALE_LEASE,
    /** There is no such step, or the result can never be stored. */
    INVALID
}
