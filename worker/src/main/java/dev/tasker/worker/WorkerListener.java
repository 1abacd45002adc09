package dev.tasker.worker;

import java.util.UUID;

/**
 * Hears what happens in a worker, for metrics, logs and tests. Calls come from many threads and must be quick; what
 * they throw is logged and changes nothing.
 */
public interface WorkerListener {

    /** A session stands; the first one or a successor of a lost one. */
    default void sessionOpened(UUID sessionId) {}

    default void sessionLost(Throwable cause) {}

    default void assigned(Assignment assignment) {}

    /** Given back before user code ran. */
    default void rejected(Assignment assignment, RejectReason reason) {}

    /** A handler is about to run. */
    default void started(Assignment assignment) {}

    /** The outcome is settled and about to be reported; exactly once for each start that did not lose its lease
     * or yield. */
    default void finished(Assignment assignment, StepReport report) {}

    /** The handler has ended to go on from this checkpoint, and the source has answered; not told when it never does. */
    default void yielded(Assignment assignment, Checkpoint checkpoint, CompletionStatus status) {}

    /** The source has saved a checkpoint of a handler that goes on. */
    default void checkpointed(Assignment assignment, Checkpoint checkpoint) {}

    /** A handler used up its time and was interrupted. */
    default void timedOut(Assignment assignment) {}

    /** The lease is gone; the handler, if any, was interrupted and its result will be discarded. */
    default void lost(Assignment assignment) {}

    /** A handler outlived its interruption by more than the grace; its slot is out of use until it ends. */
    default void quarantined(Assignment assignment) {}

    /** A quarantined handler has ended after all. */
    default void released(Assignment assignment) {}

    /** The source has answered a report. */
    default void answered(Assignment assignment, StepReport report, CompletionStatus status) {}
}
