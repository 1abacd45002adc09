package dev.tasker.engine;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** One worker's connection to the engine. Thread-safe. */
public interface Session extends AutoCloseable {
    /** Events of one {@link #publish}. */
    int EVENTS_MAX = 100;

    /** Recorded as worker_uuid in history and audit. */
    UUID uuid();

    /**
     * Grants {@code slots} more free slots. Where {@link SessionRequest#slotsReturn()}, an assignment that ends returns its slot by
     * itself.
     */
    void grant(int slots);

    /** Takes {@code slots} granted ones back. Assignments under way still arrive, and are then owed to the next grants. */
    void withdraw(int slots);

    /**
     * Reports an outcome. The future completes after the commit, or exceptionally when the engine cannot take it now
     * ({@link ErrorCode#OVERLOADED}, {@link ErrorCode#DATABASE_UNAVAILABLE}): then report it again.
     */
    CompletableFuture<Completion> complete(Assignment assignment, StepResult result);

    /** As {@link #complete(Assignment, StepResult)}, for a lease known only by its name, such as one taken before a reconnect. */
    CompletableFuture<Completion> complete(UUID stepUuid, int leaseToken, StepResult result);

    /**
     * Saves the progress of a step and renews the session's leases (02 §7.5). A yield ends the lease: the step goes on in its slot with a
     * new assignment of the same attempt, which arrives before the answer; a lease that the session does not hold is given back
     * instead, its attempt refunded, and goes on from its queue. {@link Completion#DUPLICATE} does not occur. Fails as {@link
     * #complete(Assignment, StepResult)}.
     */
    CompletableFuture<Completion> checkpoint(UUID stepUuid, int leaseToken, Checkpoint checkpoint);

    /** Gives a step back before user code ran: the attempt is refunded and the step is enqueued again. */
    CompletableFuture<Completion> reject(UUID stepUuid, int leaseToken);

    /**
     * As {@link #reject}, because the worker has no handler for the step although it registered its callable. The session is not offered
     * steps of that callable for the length of a heartbeat interval. Once every session that takes the callable has said so about this
     * step, the step fails for good with {@code handler_not_found} instead (04 §9.6), its attempt counted.
     */
    CompletableFuture<Completion> unhandled(UUID stepUuid, int leaseToken);

    /**
     * Publishes events that the handler of a leased step tells of while it runs (04 §9.6). Durable ones are kept at once, whatever becomes
     * of the step; nothing is published once the lease has ended. One answer for each event, in their order; repeating is safe.
     * Fails with {@link ErrorCode#DATABASE_UNAVAILABLE}: then publish them again.
     *
     * @param events 1 to {@value #EVENTS_MAX}
     */
    CompletableFuture<List<EventPublication>> publish(UUID stepUuid, int leaseToken, List<HandlerEvent> events);

    /** Renews all leases of the session; coalesced with those of other sessions. */
    void heartbeat();

    /** No further assignments; those held may still be completed. */
    void drain();

    /** Ends the session. Leases it still holds are taken back at once; their late results are refused. */
    @Override
    void close();
}
