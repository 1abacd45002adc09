package dev.tasker.errors;

/** What was done about an error (01 §4.3). */
public enum ErrorAction {
    TRANSITIONED_TO_WAITING_FOR_RETRY("TransitionedToWaitingForRetry"),
    /** The last attempt failed. */
    MARKED_AS_ERROR("MarkedAsError"),
    /** An earlier attempt failed for good. */
    MARKED_AS_PERMANENT_FAILURE("MarkedAsPermanentFailure"),
    /** The step had moved on. */
    NO_ACTION_TAKEN("NoActionTaken");

    private final String text;

    ErrorAction(String text) {
        this.text = text;
    }

    /** The spelling in JSON. */
    public String text() {
        return text;
    }

    /** What the verdict calls for. */
    public static ErrorAction after(Classification classification) {
        if (classification.retryable()) {
            return TRANSITIONED_TO_WAITING_FOR_RETRY;
        }
        return classification.finalAttempt() ? MARKED_AS_ERROR : MARKED_AS_PERMANENT_FAILURE;
    }
}
