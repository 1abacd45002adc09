package dev.tasker.server.api;

import dev.tasker.engine.TaskFilter;
import dev.tasker.engine.TaskState;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The words by which callers name states of tasks in filters (03 §1.5). */
public final class TaskStateWords {
    private TaskStateWords() {}

    /**
     * What a {@code status} stands for: a state; {@code completed}, {@code failed}; {@code active} and, as ever, {@code pending} for all
     * that has not ended; {@code in_progress}, the old spelling of {@code steps_in_process}.
     */
    public static Set<TaskState> ofStatus(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "completed" -> EnumSet.of(TaskState.COMPLETE);
            case "failed" -> EnumSet.of(TaskState.ERROR);
            case "active", "pending" -> TaskFilter.UNFINISHED.states();
            default -> EnumSet.of(ofState(word));
        };
    }

    /** The states of a list with commas, each meant exactly. */
    public static Set<TaskState> ofStates(String list) {
        Set<TaskState> states = EnumSet.noneOf(TaskState.class);
        for (String word : list.split(",", -1)) {
            states.add(ofState(word.strip()));
        }
        return states;
    }

    private static TaskState ofState(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        if (lower.equals("in_progress")) {
            return TaskState.STEPS_IN_PROCESS;
        }
        for (TaskState state : TaskState.values()) {
            if (state.text().equals(lower)) {
                return state;
            }
        }
        throw new RefusedOperationException(Fault.INVALID, "Unknown status: " + word);
    }
}
