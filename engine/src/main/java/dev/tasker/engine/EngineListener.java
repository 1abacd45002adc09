package dev.tasker.engine;

import dev.tasker.errors.ErrorHandling;
import java.util.UUID;

/** Hears what this node's calls changed, after the commit. Called on engine threads: must not block. Other nodes' changes are not heard. */
public interface EngineListener {
    /** Hears nothing. */
    EngineListener NONE = (_, _) -> {};

    /** A task rests in {@code state} now. */
    void taskEntered(UUID taskUuid, TaskState state);

    /** The engine ended an attempt by itself: its worker was lost or did not end it in time. */
    default void errorHandled(ErrorHandling handling) {}
}
