package dev.tasker.engine;

import java.util.Set;
import java.util.UUID;

/**
 * Leases that have moved to this node with their worker.
 *
 * @param session holds them; takes no further work
 * @param steps whose leases live on; the others had ended
 */
public record Adoption(Session session, Set<UUID> steps) {
    public Adoption {
        steps = Set.copyOf(steps);
    }
}
