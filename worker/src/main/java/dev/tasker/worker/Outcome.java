package dev.tasker.worker;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How an attempt ended, on its way to the source; fields that change are guarded by the lock of the {@link SessionLink}. */
abstract sealed class Outcome {

    final Assignment assignment;

    @Nullable
    WorkSession sentThrough;

    boolean holdsSlot = true;

    private Outcome(Assignment assignment) {
        this.assignment = assignment;
    }

    /** Hands the outcome to a session; the future fails when that session is gone for good. */
    abstract CompletableFuture<CompletionStatus> sendThrough(WorkSession session);

    abstract void tellAnswered(WorkerListener listener, CompletionStatus status);

    /** What is reported when the source refuses this for good; null when nothing is left to try. */
    abstract StepResult.@Nullable Failure standIn();

    Duration executionTime() {
        return Duration.ZERO;
    }

    /** The handler's result. */
    static final class Report extends Outcome {
        private final StepReport report;
        private final boolean fallback;

        /** @param fallback whether this stands in for an outcome that was refused */
        Report(Assignment assignment, StepReport report, boolean fallback) {
            super(assignment);
            this.report = report;
            this.fallback = fallback;
        }

        @Override
        CompletableFuture<CompletionStatus> sendThrough(WorkSession session) {
            return session.complete(assignment, report);
        }

        @Override
        void tellAnswered(WorkerListener listener, CompletionStatus status) {
            listener.answered(assignment, report, status);
        }

        @Override
        StepResult.@Nullable Failure standIn() {
            return fallback ? null : FailureClassifier.refused(assignment);
        }

        @Override
        Duration executionTime() {
            return report.executionTime();
        }
    }

    /** The handler saved its progress and wants to go on from there. */
    static final class Yielded extends Outcome {
        private final Checkpoint checkpoint;

        /** Completes with the answer of whichever session gives it, or with the end of the patience. */
        final CompletableFuture<CompletionStatus> settled;

        Yielded(Assignment assignment, Checkpoint checkpoint, Duration patience) {
            super(assignment);
            this.checkpoint = checkpoint;
            this.settled =
                    new CompletableFuture<CompletionStatus>().orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        CompletableFuture<CompletionStatus> sendThrough(WorkSession session) {
            return session.yieldAt(assignment, checkpoint);
        }

        @Override
        void tellAnswered(WorkerListener listener, CompletionStatus status) {
            listener.yielded(assignment, checkpoint, status);
        }

        @Override
        StepResult.Failure standIn() {
            return FailureClassifier.notSaved(assignment, "the source refused it");
        }
    }
}
