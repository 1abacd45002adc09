package dev.tasker.engine;

import java.util.UUID;

/** What became of a {@link TaskRequest}. */
public sealed interface Creation {

    /** The task that now has the requested identity. */
    UUID taskUuid();

    /** The task was created, its root steps are enqueued or leased; committed. */
    record Created(UUID taskUuid) implements Creation {}

    /** A task with this identity existed before; nothing was written. */
    record Duplicate(UUID taskUuid) implements Creation {}
}
