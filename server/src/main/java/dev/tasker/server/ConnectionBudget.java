package dev.tasker.server;

import java.util.Optional;

/**
 * Whether the connections of this node fit the database.
 *
 * @param max {@code max_connections}
 * @param reserved what of them is kept for superusers and reserved roles
 * @param taken by others, now
 * @param pool most connections of the node's pool to the database itself; 0: it goes through a proxy
 * @param kept connections that the engine keeps beside the pool
 */
record ConnectionBudget(int max, int reserved, int taken, int pool, int kept) {

    /** What is wrong, with the numbers; empty when this node fits. */
    Optional<String> warning() {
        int wanted = pool + kept;
        int free = max - reserved;
        String sum = wanted + " connections (pool " + pool + ", engine " + kept + "), and the database gives " + free
                + " (max_connections " + max + " - reserved " + reserved + ")";
        if (wanted > free) {
            return Optional.of("This server may open " + sum
                    + "; lower common.database.pool.max_connections or raise max_connections");
        }
        if (wanted + taken > free) {
            return Optional.of("This server may open " + sum + ", of which others hold " + taken
                    + "; every server needs its own, so lower common.database.pool.max_connections or raise"
                    + " max_connections");
        }
        return Optional.empty();
    }
}
