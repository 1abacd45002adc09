package dev.tasker.worker;

import dev.tasker.worker.event.DomainEvent;
import java.util.List;

/** Receives what a {@link WorkSession} has to say. Calls may come from any thread and must return quickly. */
public interface AssignmentListener {

    /** Steps claimed for this worker, each using one slot of its credit. */
    void assigned(List<Assignment> assignments);

    /** The lease is gone or the step was cancelled: interrupt the handler and discard its result. */
    void lost(Assignment assignment);

    /** An event that the {@code subscription}th pattern of {@link Registration#eventPatterns} wants, counted from 0. */
    default void told(int subscription, DomainEvent event) {}

    /**
     * The session is gone for good; what it ran may still be completed through another session, judged by its token.
     * Passing interruptions of the connection are the source's business and are not reported.
     */
    default void sessionLost(Throwable cause) {}
}
