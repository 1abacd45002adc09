package dev.tasker.engine.internal.session;

import dev.tasker.engine.internal.step.Queue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The sessions of this node and the queues it knows. Thread-safe. */
public final class SessionRegistry {
    private final Map<Integer, LiveSession> sessions = new ConcurrentHashMap<>();
    private final Map<Integer, Queue> queues = new ConcurrentHashMap<>();

    /** Adds a session, served from the queues known so far. */
    public synchronized void add(LiveSession session) {
        queues.values().forEach(session::subscribe);
        sessions.put(session.id(), session);
    }

    /** Takes over queues of registered templates; sessions with a matching handler are served from them. */
    public synchronized void known(List<Queue> found) {
        for (Queue queue : found) {
            if (queues.putIfAbsent(queue.id(), queue) == null) {
                sessions.values().forEach(session -> session.subscribe(queue));
            }
        }
    }

    /** How many queues this node knows. */
    public int knownQueues() {
        return queues.size();
    }

    public void remove(LiveSession session) {
        sessions.remove(session.id());
    }

    public @Nullable LiveSession byId(int sessionId) {
        return sessions.get(sessionId);
    }

    /** The call that was to renew these sessions failed. */
    public void renewalsLost(Collection<Integer> sessionIds) {
        for (Integer id : sessionIds) {
            LiveSession session = byId(id);
            if (session != null) {
                session.renewalLost();
            }
        }
    }

    public Collection<LiveSession> all() {
        return sessions.values();
    }

    /** The session with the most free slots that accepts steps of all these queues, null if there is none. */
    public @Nullable LiveSession roomiest(int[] queueIds) {
        LiveSession best = null;
        for (LiveSession session : sessions.values()) {
            if (session.freeSlots() > (best == null ? 0 : best.freeSlots()) && acceptsAll(session, queueIds)) {
                best = session;
            }
        }
        return best;
    }

    /** Every queue that some session is served from. */
    public List<Integer> servedQueues() {
        Set<Integer> served = new HashSet<>();
        sessions.values().forEach(session -> served.addAll(session.queueIds()));
        return new ArrayList<>(served);
    }

    private static boolean acceptsAll(LiveSession session, int[] queueIds) {
        for (int queueId : queueIds) {
            if (!session.accepts(queueId)) {
                return false;
            }
        }
        return true;
    }
}
