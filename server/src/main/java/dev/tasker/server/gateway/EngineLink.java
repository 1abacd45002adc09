package dev.tasker.server.gateway;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.Session;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
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
    private final Set<LeaseKey> expected = ConcurrentHashMap.newKeySet(); // taken over, assignment still to come
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

    /** The worker has these already: their assignments are not sent to it. */
    void expect(Collection<LeaseKey> leases) {
        expected.addAll(leases);
    }

    /** These are not coming. */
    void expectNoMore(Collection<LeaseKey> leases) {
        expected.removeAll(leases);
    }

    @Override
    public void assigned(List<Assignment> assignments) {
        List<Assignment> fresh = new ArrayList<>(assignments.size());
        for (Assignment assignment : assignments) {
            LeaseKey lease = LeaseKey.of(assignment);
            held.put(lease, assignment);
            if (!expected.remove(lease)) {
                fresh.add(assignment);
            }
        }
        if (!fresh.isEmpty()) {
            owner.assigned(this, fresh);
        }
    }

    @Override
    public void lost(Assignment assignment) {
        LeaseKey lease = LeaseKey.of(assignment);
        if (forget(lease)) {
            owner.lost(this, lease, false);
        }
    }

    @Override
    public void cancelled(Assignment assignment) {
        LeaseKey lease = LeaseKey.of(assignment);
        if (forget(lease)) {
            owner.lost(this, lease, true);
        }
    }

    /** Closes the session if it is an earlier stream's and holds nothing. */
    void closeIfEmpty() {
        owner.closeIfEmpty(this);
    }

    /** The assignment of a lease; null: not held, or taken over and not known yet. */
    @Nullable
    Assignment held(LeaseKey lease) {
        return held.get(lease);
    }

    boolean holds(LeaseKey lease) {
        return held.containsKey(lease) || expected.contains(lease);
    }

    boolean forget(LeaseKey lease) {
        boolean wasExpected = expected.remove(lease);
        return held.remove(lease) != null || wasExpected;
    }

    Set<LeaseKey> leases() {
        Set<LeaseKey> leases = new HashSet<>(held.keySet());
        leases.addAll(expected);
        return leases;
    }

    boolean holdsNothing() {
        return held.isEmpty() && expected.isEmpty();
    }
}
