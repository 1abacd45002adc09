package dev.tasker.testkit.model;

import dev.tasker.engine.Assignment;
import dev.tasker.testkit.HandDrivenWorker;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A session as the engine must treat it. */
final class SessionModel {
    final HandDrivenWorker worker;
    final List<String> callables;
    final int slots;
    final Map<UUID, Assignment> held = new LinkedHashMap<>();
    boolean draining;
    boolean silent;

    SessionModel(HandDrivenWorker worker, List<String> callables, int slots) {
        this.worker = worker;
        this.callables = callables;
        this.slots = slots;
    }

    boolean wants(String callable) {
        return !draining && !(silent && !held.isEmpty()) && held.size() < slots && callables.contains(callable);
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
