package dev.tasker.engine.internal.lane;

import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.step.LeasedStep;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.errors.ErrorHandling;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** What calls set off besides their answers. Called on lane threads: must not block. */
public interface Aftermath {

    /** Steps were leased to sessions of this node. */
    void leased(List<LeasedStep> steps, long batchNumber);

    /** A step waits in a queue. */
    void enqueued(int queueId, int priority);

    /** A retry is due after {@code delay}. */
    void timerSet(Duration delay);

    /** A session has free slots again. */
    void slotsFreed();

    /** The engine ended an attempt itself. */
    void errorHandled(ErrorHandling handling);

    /** A lease of this or another node's session was ended by an operator. */
    void leaseEnded(int sessionId, StepKey step, int token);

    /** A task changed its resting state. */
    void taskEntered(UUID task, TaskState state);
}
