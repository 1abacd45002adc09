package dev.tasker.worker;

import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a worker has done since its start. Thread-safe; reading sums up and is not one atomic picture. */
public final class WorkerStatistics implements WorkerListener {

    private final LongAdder assigned = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder started = new LongAdder();
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder timedOut = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder quarantined = new LongAdder();
    private final LongAdder executionTimeNanos = new LongAdder();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder duplicate = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder invalid = new LongAdder();
    private final LongAdder yielded = new LongAdder();
    private final LongAdder checkpointed = new LongAdder();
    private final LongAdder sessions = new LongAdder();

    /**
     * The counters at one moment; all only grow but {@code quarantined}, which says how many threads are out of use now.
     *
     * @param executionTimeNanos sum over all finished handlers
     * @param yielded runs that ended with a saved checkpoint
     * @param checkpointed checkpoints saved by handlers that went on
     */
    public record Snapshot(
            long assigned,
            long rejected,
            long started,
            long succeeded,
            long failed,
            long timedOut,
            long lost,
            long quarantined,
            long executionTimeNanos,
            long accepted,
            long duplicate,
            long stale,
            long invalid,
            long yielded,
            long checkpointed,
            long sessions) {

        public long finished() {
            return succeeded + failed;
        }
    }

    public Snapshot snapshot() {
        return new Snapshot(
                assigned.sum(),
                rejected.sum(),
                started.sum(),
                succeeded.sum(),
                failed.sum(),
                timedOut.sum(),
                lost.sum(),
                quarantined.sum(),
                executionTimeNanos.sum(),
                accepted.sum(),
                duplicate.sum(),
                stale.sum(),
                invalid.sum(),
                yielded.sum(),
                checkpointed.sum(),
                sessions.sum());
    }

    @Override
    public void sessionOpened(UUID sessionId) {
        sessions.increment();
    }

    @Override
    public void assigned(Assignment assignment) {
        assigned.increment();
    }

    @Override
    public void rejected(Assignment assignment, RejectReason reason) {
        rejected.increment();
    }

    @Override
    public void started(Assignment assignment) {
        started.increment();
    }

    @Override
    public void finished(Assignment assignment, StepReport report) {
        (report.success() ? succeeded : failed).increment();
        executionTimeNanos.add(report.executionTime().toNanos());
    }

    @Override
    public void yielded(Assignment assignment, Checkpoint checkpoint, CompletionStatus status) {
        if (status == CompletionStatus.ACCEPTED) {
            yielded.increment();
        }
    }

    @Override
    public void checkpointed(Assignment assignment, Checkpoint checkpoint) {
        checkpointed.increment();
    }

    @Override
    public void timedOut(Assignment assignment) {
        timedOut.increment();
    }

    @Override
    public void lost(Assignment assignment) {
        lost.increment();
    }

    @Override
    public void quarantined(Assignment assignment) {
        quarantined.increment();
    }

    @Override
    public void released(Assignment assignment) {
        quarantined.decrement();
    }

    @Override
    public void answered(Assignment assignment, StepReport report, CompletionStatus status) {
        switch (status) {
            case ACCEPTED -> accepted.increment();
            case DUPLICATE -> duplicate.increment();
            case STALE_LEASE -> stale.increment();
            case INVALID -> invalid.increment();
        }
    }
}
