package dev.tasker.engine;

import java.util.Locale;
import java.util.UUID;

/**
 * A task that a sweep judged, and what was done with it (01 §5.2).
 *
 * @param state in which it was found
 * @param thresholdMinutes the limit it exceeded, 0 for {@link DeadLetterReason#MAX_RETRIES_EXCEEDED}
 * @param entered whether a dead letter was made
 * @param failed whether it was moved to {@code error}
 */
public record StaleTask(
        UUID taskUuid,
        String namespace,
        String taskName,
        TaskState state,
        int minutesInState,
        int thresholdMinutes,
        DeadLetterReason reason,
        Action action,
        boolean entered,
        boolean failed) {

    /** What was done. */
    public enum Action {
        /** A dry run: nothing. */
        WOULD_TRANSITION_TO_DLQ_AND_ERROR,
        TRANSITIONED_TO_DLQ_AND_ERROR,
        /** An entry was made; the task stays where it is, as its template or the configuration wants. */
        MOVED_TO_DLQ_ONLY,
        /** In {@code error}, without a new entry: none is wanted, or one was opened in the meantime. */
        TRANSITIONED_TO_ERROR_ONLY,
        /** The task moved on before it could be ended, or the database refused it. The next sweep judges it anew. */
        TRANSITION_FAILED,
        /** Counted only, as its template wants. */
        LEFT_ALONE;

        /** The word used in events. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
