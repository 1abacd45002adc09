package dev.tasker.server.health;

/** Connections of the database pool now, and its bound. */
public record PoolFigures(int active, int idle, int max) {

    /** Busy connections as a part of all there may be, 0 to 1. */
    public double utilization() {
        return max == 0 ? 0 : Math.min(1, (double) active / max);
    }
}
