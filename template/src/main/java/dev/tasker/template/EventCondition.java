package dev.tasker.template;

/** The step outcome that publishes a domain event (spec 06 §8.8). */
public enum EventCondition implements Keyword {
    /** The step completed. */
    SUCCESS,
    /** The step failed, whatever the kind of failure. */
    FAILURE,
    /** The step failed and may be retried. */
    RETRYABLE_FAILURE,
    /** The step failed for good. */
    PERMANENT_FAILURE,
    /** Any outcome. */
    ALWAYS
}
