package dev.tasker.client;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The state of a task (01 §2). */
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
    RESOLVED_MANUALLY,
    /** One that this version of the client does not know. */
    UNKNOWN;

    /** The state of this name; {@link #UNKNOWN} for any other. */
    @JsonCreator
    public static TaskState of(String text) {
        for (TaskState state : values()) {
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

    /** Whether the task is over. */
    public boolean isTerminal() {
        return switch (this) {
            case COMPLETE, ERROR, CANCELLED, RESOLVED_MANUALLY -> true;
            case PENDING,
                    INITIALIZING,
                    ENQUEUING_STEPS,
                    STEPS_IN_PROCESS,
                    EVALUATING_RESULTS,
                    WAITING_FOR_DEPENDENCIES,
                    WAITING_FOR_RETRY,
                    BLOCKED_BY_FAILURES,
                    UNKNOWN -> false;
        };
    }

    /** Whether nothing happens before a person does something, if ever. */
    public boolean isResting() {
        return isTerminal() || this == BLOCKED_BY_FAILURES;
    }
}
