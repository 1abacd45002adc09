package dev.tasker.engine;

import org.jspecify.annotations.Nullable;

/**
 * One migration of the schema and where it stands.
 *
 * @param version null: a repeatable one, which runs again whenever its file has changed
 * @param script the file it is written in
 * @param locks what it locks and whom that makes wait, as its file announces; "unknown" when the file is not in this version
 * @param cost how long it takes, by what, as its file announces
 */
public record Migration(
        @Nullable String version, String description, String script, State state, String locks, String cost) {
    /** Where a migration stands. */
    public enum State {
        /** In the database as this version has it. */
        APPLIED,
        /** Not in the database yet. */
        PENDING,
        /** Repeatable, and in the database as another version had it; the next migration brings this version's. */
        CHANGED,
        /** Applied once and for all, and in the database as another version had it. */
        REWRITTEN,
        /** Begun and not finished. */
        FAILED,
        /** In the database, not in this version: the database has been migrated by a newer one. */
        UNKNOWN
    }

    /** Whether the next migration runs it. */
    public boolean runs() {
        return state == State.PENDING || state == State.CHANGED;
    }
}
