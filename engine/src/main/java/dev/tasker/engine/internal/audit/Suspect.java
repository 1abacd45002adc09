package dev.tasker.engine.internal.audit;

import java.time.OffsetDateTime;
import java.util.UUID;

/** Something that a piece of a walk found wrong in its snapshot, to be looked at again. */
sealed interface Suspect {

    /** A task, whatever is wrong with it. */
    record Task(UUID uuid) implements Suspect {}

    /** A timer that wakes nothing. */
    record Timer(OffsetDateTime due, UUID task, int step) implements Suspect {}

    /** What a session left behind. */
    record Session(int id) implements Suspect {}

    /**
     * An identity without its task.
     *
     * @param hash in hexadecimal digits
     */
    record Identity(String hash, UUID task) implements Suspect {}
}
