package dev.tasker.engine.internal.graph;

/** An outcome that cannot be carried out; its step fails for good, with this message (02 §6.7). */
public final class InvalidOutcomeException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Which rule was broken, for metrics (02 §6.7). */
    public enum Kind {
        MALFORMED,
        INVALID_DESCENDANT,
        STEP_NOT_FOUND,
        CYCLE_DETECTED,
        LIMIT_EXCEEDED,
        INVALID_TEMPLATE
    }

    private final Kind kind;

    public InvalidOutcomeException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
