package dev.tasker.engine;

import java.util.Locale;

/** State of a step (01 §2.4). The ordinal is the code stored in the database. */
public enum StepState {
    PENDING,
    ENQUEUED,
    IN_PROGRESS,
    ENQUEUED_FOR_ORCHESTRATION,
    ENQUEUED_AS_ERROR_FOR_ORCHESTRATION,
    WAITING_FOR_RETRY,
    COMPLETE,
    ERROR,
    CANCELLED,
    RESOLVED_MANUALLY;

    private static final StepState[] BY_CODE = values();

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word used in the database views, JSON and metrics. */
    public String text() {
        return text;
    }

    /** Whether nothing leaves this state by itself or by an operator; {@link #ERROR} accepts repair and is not terminal. */
    public boolean isTerminal() {
        return this == COMPLETE || this == CANCELLED || this == RESOLVED_MANUALLY;
    }

    /** Whether a step in this state lets its dependants start. */
    public boolean satisfies() {
        return this == COMPLETE || this == RESOLVED_MANUALLY;
    }

    /** Whether the step is queued, running or awaits confirmation of its result. */
    public boolean isActive() {
        return ordinal() >= ENQUEUED.ordinal() && ordinal() <= ENQUEUED_AS_ERROR_FOR_ORCHESTRATION.ordinal();
    }

    /** The state with this code. */
    public static StepState ofCode(int code) {
        return BY_CODE[code];
    }
}
