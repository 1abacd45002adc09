package dev.tasker.engine;

import java.util.Locale;

/** How far the investigation of a dead letter is; all but {@link #PENDING} are final (01 §5.4). */
public enum ResolutionStatus {
    PENDING,
    /** The task's steps were repaired. */
    MANUALLY_RESOLVED,
    /** Cannot be repaired; the task stays where it is. */
    PERMANENTLY_FAILED,
    /** A duplicate, or a false alarm. */
    CANCELLED;

    /** The word used in the database and in metrics. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ResolutionStatus of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
