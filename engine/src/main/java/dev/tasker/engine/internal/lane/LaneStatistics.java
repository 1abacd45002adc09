package dev.tasker.engine.internal.lane;

/** Counters of one lane. Written by its writer and, for refusals, its callers. */
public final class LaneStatistics {
    private long batches;
    private long commands;
    private long commitNanos;
    private long commitNanosMax;
    private long batchMax;
    private long refusals;
    private long repeats;
    private long poisoned;

    /**
     * Figures since the lane was opened, and how full it is now.
     *
     * @param commitNanos time spent in calls, their repetitions included
     */
    public record Snapshot(
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
            long poisoned) {}

    synchronized void committed(int size, long nanos) {
        batches++;
        commands += size;
        commitNanos += nanos;
        commitNanosMax = Math.max(commitNanosMax, nanos);
        batchMax = Math.max(batchMax, size);
    }

    synchronized void refused() {
        refusals++;
    }

    synchronized void repeated() {
        repeats++;
    }

    synchronized void poisoned() {
        poisoned++;
    }

    synchronized Snapshot snapshot(String name, int depth, int capacity, long queuedBytes, long oldestNanos) {
        return new Snapshot(
                name,
                depth,
                capacity,
                queuedBytes,
                oldestNanos,
                batches,
                commands,
                commitNanos,
                commitNanosMax,
                batchMax,
                refusals,
                repeats,
                poisoned);
    }
}
