package dev.tasker.engine;

import java.util.Locale;

/** State of a task (01 §2.1). The ordinal is the code stored in the database; terminal states come last. */
public enum TaskState {
    PENDING,
    INITIALIZING,
    ENQUEUING_STEPS,
    STEPS_IN_PROCESS,
    EVALUATING_RESULTS,
    WAITING_FOR_DEPENDENCIES,
    WAITING_FOR_RETRY,
    BLOCKED_BY_FAILURES,
    COMPLETE,
    ERROR,
    CANCELLED,
    RESOLVED_MANUALLY;

    private static final TaskState[] BY_CODE = values();

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word used in the database views, JSON and metrics. */
    public String text() {
        return text;
    }

    /** Whether the task has ended; only an operator's reset leads out of {@link #ERROR}. */
    public boolean isTerminal() {
        return ordinal() >= COMPLETE.ordinal();
    }

    /** The state with this code. */
    public static TaskState ofCode(int code) {
        return BY_CODE[code];
    }
}
