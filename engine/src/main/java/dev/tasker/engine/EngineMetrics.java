package dev.tasker.engine;

import dev.tasker.engine.internal.lane.LaneStatistics;
import java.util.List;

/**
 * Figures of an engine, cumulative since it was opened unless said otherwise.
 *
 * @param lanes depth, batch size, commit time and age of the queue, per lane
 * @param sessions open now
 * @param freeSlots of all sessions, now
 * @param heldLeases of all sessions, now
 * @param pinnedBy transactions, slots and standbys that have kept dead rows from being removed for too long, at the last look
 * @param pinnedSeconds for how long the oldest of them has
 * @param auditedTasks recounted in the background
 * @param auditWalks over the whole database that this node ended
 * @param auditFindings faults found there, each once; there should be none
 */
public record EngineMetrics(
        List<Lane> lanes,
        long tasksCreated,
        long tasksDuplicate,
        long tasksCompleted,
        long tasksBlocked,
        long resultsAccepted,
        long resultsDuplicate,
        long resultsStale,
        long stepsClaimed,
        int sessions,
        int freeSlots,
        int heldLeases,
        int pinnedBy,
        long pinnedSeconds,
        long auditedTasks,
        long auditWalks,
        long auditFindings) {

    /**
     * One commit lane. Times are in nanoseconds.
     *
     * @param depth commands waiting now
     * @param capacity commands that may wait
     * @param oldestNanos age of the oldest waiting command now
     */
    public record Lane(
            String name,
            int depth,
            int capacity,
            long queuedBytes,
            long oldestNanos,
            long batches,
            long commands,
            long commitNanos,
            long commitNanosMax,
            long batchMax,
            long refusals,
            long repeats,
            long poisoned) {

        static Lane of(LaneStatistics.Snapshot lane) {
            return new Lane(
                    lane.name(),
                    lane.depth(),
                    lane.capacity(),
                    lane.queuedBytes(),
                    lane.oldestNanos(),
                    lane.batches(),
                    lane.commands(),
                    lane.commitNanos(),
                    lane.commitNanosMax(),
                    lane.batchMax(),
                    lane.refusals(),
                    lane.repeats(),
                    lane.poisoned());
        }
    }
}
