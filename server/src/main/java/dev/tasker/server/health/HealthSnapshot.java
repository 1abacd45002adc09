package dev.tasker.server.health;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the node was doing at one moment. Immutable.
 *
 * @param atNanos ticks of that moment
 * @param databaseError null: the database answers
 * @param databaseMs how long the database took when it was asked; 0 when it did not have to be
 * @param fullest the lane with the least room
 * @param tier of the deepest lane
 */
record HealthSnapshot(
        long atNanos,
        @Nullable String databaseError,
        long databaseMs,
        List<LaneFill> lanes,
        LaneFill fullest,
        LaneFill deepest,
        Tier tier) {

    HealthSnapshot {
        lanes = List.copyOf(lanes);
    }

    boolean connected() {
        return databaseError == null;
    }
}
