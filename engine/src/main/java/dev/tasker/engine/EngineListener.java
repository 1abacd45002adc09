package dev.tasker.engine;

import dev.tasker.errors.ErrorHandling;
import java.util.List;
import java.util.UUID;

/** Hears what this node's calls changed, after the commit. Called on engine threads: must not block. Other nodes' changes are not heard. */
public interface EngineListener {
    /** Hears nothing. */
    EngineListener NONE = (_, _) -> {};

    /** A task rests in {@code state} now. */
    void taskEntered(UUID taskUuid, TaskState state);

    /** The engine ended an attempt by itself: its worker was lost or did not end it in time. */
    default void errorHandled(ErrorHandling handling) {}

    /** A task is created although its context is not what its template wants, for the template asks only to be told. */
    default void contextDeviates(UUID taskUuid, List<ContextFault> faults) {}

    /** Both hear everything, this one first; what one throws does not keep the other from hearing. */
    default EngineListener and(EngineListener other) {
        EngineListener first = this;
        return new EngineListener() {
            @Override
            public void taskEntered(UUID taskUuid, TaskState state) {
                try {
                    first.taskEntered(taskUuid, state);
                } finally {
                    other.taskEntered(taskUuid, state);
                }
            }

            @Override
            public void errorHandled(ErrorHandling handling) {
                try {
                    first.errorHandled(handling);
                } finally {
                    other.errorHandled(handling);
                }
            }

            @Override
            public void contextDeviates(UUID taskUuid, List<ContextFault> faults) {
                try {
                    first.contextDeviates(taskUuid, faults);
                } finally {
                    other.contextDeviates(taskUuid, faults);
                }
            }
        };
    }
}
