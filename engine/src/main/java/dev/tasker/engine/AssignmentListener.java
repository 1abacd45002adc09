package dev.tasker.engine;

import java.util.List;

/** Receives the work of one session. Called on engine threads: must not block. */
public interface AssignmentListener {

    /** Steps leased to the session; each costs a slot until it is completed, rejected or lost. */
    void assigned(List<Assignment> assignments);

    /** The lease ended without the session; whatever it still produces will be refused. */
    void lost(Assignment assignment);

    /** As {@link #lost}, because a person cancelled the step or settled it by hand. */
    default void cancelled(Assignment assignment) {
        lost(assignment);
    }
}
