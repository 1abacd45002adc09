package dev.tasker.testkit.model;

import dev.tasker.engine.Assignment;
import dev.tasker.testkit.HandDrivenWorker;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A session as the engine must treat it. */
final class SessionModel {
    final Ground.Place place;
    final HandDrivenWorker worker;
    final List<String> callables;
    final int slots;
    final boolean hasty; // the server ends its attempts after a moment
    final Map<UUID, Assignment> held = new LinkedHashMap<>(); // as far as it knows
    boolean draining;
    boolean silent;

    SessionModel(Ground.Place place, HandDrivenWorker worker, List<String> callables, int slots, boolean hasty) {
        this.place = place;
        this.worker = worker;
        this.callables = callables;
        this.slots = slots;
        this.hasty = hasty;
    }

    /** Whether it must be given steps of this callable that wait. */
    boolean wants(String callable) {
        return mayHave(callable) && !(silent && !held.isEmpty());
    }

    /**
     * Whether it may be given one. A session whose leases another node took back may, until its own node has looked: a call that leases
     * renews it.
     */
    boolean mayHave(String callable) {
        return !draining && held.size() < slots && callables.contains(callable);
    }

    @Override
    public String toString() {
        return "a session for " + callables + (draining ? ", draining" : "") + (silent ? ", silent" : "") + ", holding "
                + held.size() + " of " + slots;
    }

    void forget(Assignment lease) {
        Assignment known = held.get(lease.stepUuid());
        if (known != null && known.leaseToken() == lease.leaseToken()) {
            held.remove(lease.stepUuid());
        }
        if (held.isEmpty()) {
            silent = false;
        }
    }
}
