package dev.tasker.server.health;

/**
 * Connections of the database pool now, its bound, and how long callers waited for one since it was opened.
 *
 * @param slow waits longer than the configured threshold
 * @param errors waits that ended without a connection
 */
public record PoolFigures(
        int active,
        int idle,
        int max,
        long acquires,
        long slow,
        long errors,
        double averageWaitMs,
        double longestWaitMs) {

    /** Of a pool that is not open. */
    public static final PoolFigures NONE = new PoolFigures(0, 0, 0, 0, 0, 0, 0, 0);

    /** Busy connections as a part of all, in percent. */
    public double utilizationPercent() {
        return max == 0 ? 0 : 100.0 * active / max;
    }
}
