package dev.tasker.engine;

/** In which order tasks are listed; equals stand newest first. */
public record TaskOrder(Field by, boolean ascending) {
    public static final TaskOrder NEWEST_FIRST = new TaskOrder(Field.CREATED_AT, false);

    /** What they are compared by; names by code points. */
    public enum Field {
        CREATED_AT,
        UPDATED_AT,
        PRIORITY,
        NAME
    }
}
