package dev.tasker.worker;

import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what an operator has to know about a worker to its log. */
final class WorkerLog implements WorkerListener {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerRuntime.class);

    @Override
    public void sessionOpened(UUID sessionId) {
        LOG.info("worker session {} opened", sessionId);
    }

    @Override
    public void sessionLost(Throwable cause) {
        LOG.warn("worker session lost, opening another", cause);
    }

    @Override
    public void rejected(Assignment assignment, RejectReason reason) {
        LOG.warn(
                "{} given back: {} (callable {})",
                assignment,
                reason,
                assignment.step().callable());
    }

    @Override
    public void finished(Assignment assignment, StepReport report) {
        LOG.debug("{}: success={} error_type={}", assignment, report.success(), report.errorType());
    }

    @Override
    public void yielded(Assignment assignment, Checkpoint checkpoint, CompletionStatus status) {
        LOG.debug("{}: yielded after {} items: {}", assignment, checkpoint.itemsProcessed(), status);
    }

    @Override
    public void timedOut(Assignment assignment) {
        LOG.warn("{} timed out; its handler was interrupted", assignment);
    }

    @Override
    public void lost(Assignment assignment) {
        LOG.warn("{} lost its lease; its outcome is discarded", assignment);
    }

    @Override
    public void quarantined(Assignment assignment) {
        LOG.error("{} ignores its interruption; its slot is out of use until it ends", assignment);
    }

    @Override
    public void released(Assignment assignment) {
        LOG.info("{} has ended after all; its slot is in use again", assignment);
    }

    @Override
    public void answered(Assignment assignment, StepReport report, CompletionStatus status) {
        switch (status) {
            case ACCEPTED, DUPLICATE -> LOG.trace("{}: report {}", assignment, status);
            case STALE_LEASE -> LOG.warn("{}: report came too late, the step belongs to someone else", assignment);
            case INVALID -> LOG.error("{}: report refused as invalid", assignment);
        }
    }
}
