package dev.tasker.server.gateway;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.Session;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One session of the engine and the leases it holds. It outlives its stream while leases do: the stream of a worker that has returned
 * takes it over, drained, beside a session of its own.
 */
final class EngineLink implements AssignmentListener {
    private final ConcurrentHashMap<LeaseKey, Assignment> held = new ConcurrentHashMap<>();
    private volatile WorkerStream owner;
    private volatile @Nullable Session session;

    EngineLink(WorkerStream owner) {
        this.owner = owner;
    }

    /** Called once, before the session can have credit. */
    void opened(Session opened) {
        session = opened;
    }

    Session session() {
        Session opened = session;
        if (opened == null) {
            throw new IllegalStateException("the engine session is not open yet");
        }
        return opened;
    }

    void moveTo(WorkerStream newOwner) {
        owner = newOwner;
    }

    WorkerStream owner() {
        return owner;
    }

    @Override
    public void assigned(List<Assignment> assignments) {
        for (Assignment assignment : assignments) {
            held.put(LeaseKey.of(assignment), assignment);
        }
        owner.assigned(this, assignments);
    }

    @Override
    public void lost(Assignment assignment) {
        LeaseKey lease = LeaseKey.of(assignment);
        if (held.remove(lease) != null) {
            owner.lost(this, lease);
        }
    }

    /** Closes the session if it is an earlier stream's and holds nothing. */
    void closeIfEmpty() {
        owner.closeIfEmpty(this);
    }

    @Nullable
    Assignment held(LeaseKey lease) {
        return held.get(lease);
    }

    boolean forget(LeaseKey lease) {
        return held.remove(lease) != null;
    }

    Set<LeaseKey> leases() {
        return held.keySet();
    }

    boolean holdsNothing() {
        return held.isEmpty();
    }
}
