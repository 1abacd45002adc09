package dev.tasker.worker.remote;

import dev.tasker.protocol.worker.v1.Checkpoint;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.CompletionStatus;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A lease; with a report once its handler has ended. Guarded by the monitor of its {@link LeaseLedger}. */
final class Entry {
    final LeaseKey lease;
    final Assignment assignment;
    final @Nullable Connection via; // whose slot it took

    @Nullable
    Complete message;

    @Nullable
    CompletableFuture<CompletionStatus> answer;

    @Nullable
    Checkpoint yielded; // instead of a message

    boolean queued;
    boolean refused;
    boolean cancelled; // reported by the session itself, the handler may still run
    long sentNanos;

    Entry(LeaseKey lease, Assignment assignment, @Nullable Connection via) {
        this.lease = lease;
        this.assignment = assignment;
        this.via = via;
    }
}
