package dev.tasker.engine.internal;

import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.internal.loop.BackgroundLoop;
import dev.tasker.engine.internal.recovery.Recovery;
import dev.tasker.engine.internal.session.Heartbeater;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.NodePresence;
import dev.tasker.engine.internal.session.SessionOpener;
import dev.tasker.engine.internal.session.SessionRegistry;

/** Where sessions come and go. Thread-safe. */
record SessionDesk(
        SessionOpener opener,
        SessionRegistry sessions,
        NodePresence presence,
        Heartbeater heartbeater,
        Recovery recovery,
        BackgroundLoop heartbeatLoop,
        BackgroundLoop recoveryLoop) {

    LiveSession open(SessionRequest request, AssignmentListener listener) {
        LiveSession session = opener.open(request, listener);
        presence.enter(session);
        sessions.add(session);
        recoveryLoop.signal(); // finds what waits in queues nobody here was served from
        return session;
    }

    /** Opens a session that is given nothing but what it takes over. */
    LiveSession openDrained(SessionRequest request, AssignmentListener listener) {
        LiveSession session = opener.open(request, listener);
        opener.drain(session);
        sessions.add(session);
        return session;
    }

    void drain(LiveSession session) {
        opener.drain(session);
        leave(session);
    }

    /** Forgets the session; what it holds is taken back at once, not when its lease runs out. */
    void close(LiveSession session) {
        sessions.remove(session);
        leave(session);
        if (opener.close(session)) {
            recovery.ended(session.id());
            recoveryLoop.signal();
        }
    }

    private void leave(LiveSession session) {
        presence.leave(session);
        heartbeatLoop.signal();
    }

    void heartbeat(LiveSession session) {
        heartbeater.alive(session);
        heartbeatLoop.signal();
    }
}
