package dev.tasker.engine;

import java.time.Duration;
import java.util.List;

/** Hears what a migration run does. Called by the thread that migrates. */
public interface MigrationListener {
    MigrationListener NONE = new MigrationListener() {};

    /** A migration is about to run. */
    default void begins(Migration migration) {}

    /** A lock was not to be had; everything of that migration is undone, and it begins again after {@code pause}. */
    default void waits(List<LockHolder> holders, Duration pause) {}
}
