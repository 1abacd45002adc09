package dev.tasker.engine;

import java.util.Locale;

/** Why a task is in the dead-letter queue (01 §5.3). */
public enum DeadLetterReason {
    STALENESS_TIMEOUT,
    MAX_RETRIES_EXCEEDED,
    DEPENDENCY_CYCLE_DETECTED,
    WORKER_UNAVAILABLE,
    MANUAL_DLQ;

    /** The word used in the database and in metrics. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static DeadLetterReason of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
