package dev.tasker.client;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The state of a step (01 §2). */
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
    RESOLVED_MANUALLY,
    /** One that this version of the client does not know. */
    UNKNOWN;

    @JsonCreator
    static StepState of(String text) {
        for (StepState state : values()) {
            if (state.text().equals(text)) {
                return state;
            }
        }
        return UNKNOWN;
    }

    /** As the API writes it. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
