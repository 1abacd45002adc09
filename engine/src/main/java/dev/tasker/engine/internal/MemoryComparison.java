package dev.tasker.engine.internal;

import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.NodePresence;
import dev.tasker.engine.internal.session.SessionOpener;
import dev.tasker.engine.internal.session.SessionRegistry;
import dev.tasker.engine.internal.sql.Timeline;
import dev.tasker.engine.internal.step.StepClaimer;
import dev.tasker.engine.internal.task.PayloadCache;
import dev.tasker.engine.internal.template.TemplateCatalogue;
import java.sql.SQLException;

/**
 * Brings a node's memory into line with a database that was replaced by one without the last commits: sessions that it does not know are
 * entered again, steps that it still shows as leased to them are delivered again, and what was read is read anew. Leases that it does not
 * know end with the next renewal. No lease log is cut before. Passes are made by the claiming thread.
 */
record MemoryComparison(
        Timeline timeline,
        TemplateCatalogue templates,
        PayloadCache payloads,
        SessionRegistry sessions,
        SessionOpener opener,
        NodePresence presence,
        StepClaimer claimer,
        Runnable compared) {

    /** Compares when there is a reason to. */
    void runOnce() throws SQLException {
        String present = timeline.toCompare();
        if (present == null) {
            return;
        }
        templates.forget();
        payloads.clear();
        for (LiveSession session : sessions.all()) {
            opener.reenter(session);
            if (session.isDraining()) {
                presence.leave(session);
            } else {
                presence.enter(session);
            }
        }
        claimer.reconcileAll();
        timeline.compared(present);
        compared.run();
    }
}
