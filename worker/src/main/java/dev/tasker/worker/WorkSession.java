package dev.tasker.worker;

import dev.tasker.worker.event.HandlerEvent;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * One worker's standing with the source: credit, assignments under way, outcomes. Thread-safe; no method blocks for
 * longer than handing the call on takes. On a session that is gone they do nothing, and completions fail.
 *
 * <p>Each assignment takes one slot of credit. {@link #complete} returns it; after {@link #reject} or
 * {@link AssignmentListener#lost} the worker grants it again itself, once the slot is free.
 */
public interface WorkSession extends AutoCloseable {

    UUID sessionId();

    /** Grants {@code slots} more free slots (credit): at most that many further assignments may arrive. */
    void grant(int slots);

    /**
     * Takes {@code slots} back because their threads are held by handlers that ignore interruption; the balance may
     * fall below zero until completions return credit. Assignments already on their way still arrive, and wait.
     *
     * @return whether the source did so; only then will the worker grant these slots again
     */
    default boolean withhold(int slots) {
        return false;
    }

    /**
     * Reports an outcome; the future says what became of it. Never lost: the source sends again until it is answered,
     * and fails the future only when this session is gone for good. Completing returns the slot implicitly: the source
     * may use this assignment's credit at once, for the successor above all.
     */
    CompletableFuture<CompletionStatus> complete(Assignment assignment, StepReport report);

    /**
     * Saves a checkpoint of a handler that goes on; renews the lease. Answers {@link CompletionStatus#ACCEPTED}, {@link
     * CompletionStatus#STALE_LEASE} or {@link CompletionStatus#INVALID}, and as {@link #complete} otherwise.
     */
    CompletableFuture<CompletionStatus> checkpoint(Assignment assignment, Checkpoint checkpoint);

    /**
     * Saves the checkpoint and ends the assignment; accepted, another of the same attempt follows, with the checkpoint, here or
     * at another worker. Otherwise as {@link #complete}, the slot included.
     */
    CompletableFuture<CompletionStatus> yieldAt(Assignment assignment, Checkpoint checkpoint);

    /**
     * Publishes a domain event of a running handler. Answers {@link CompletionStatus#ACCEPTED}, {@link CompletionStatus#DUPLICATE} when it
     * was published before, {@link CompletionStatus#STALE_LEASE} or {@link CompletionStatus#INVALID}, and as {@link #complete} otherwise.
     */
    CompletableFuture<CompletionStatus> publish(Assignment assignment, HandlerEvent event);

    /** Gives an assignment back before user code ran; its attempt is refunded. */
    void reject(Assignment assignment, RejectReason reason);

    /**
     * Whether the source hears this session now: it knows the session, and no heartbeat has waited for its answer for longer than
     * two intervals. For people and probes; work goes on either way.
     */
    default boolean isConnected() {
        return true;
    }

    /** Asks for no further assignments; those running may still be completed. */
    void drain();

    @Override
    void close();
}
