package dev.tasker.engine;

import java.time.Instant;
import java.util.List;

/**
 * Durable events that a consumer read and has to acknowledge (04 §6.5).
 *
 * @param receipt number of the reading; another one of the same consumer makes it worthless
 * @param entries oldest first; empty: nothing to acknowledge
 */
public record DomainEventBatch(String namespace, String consumer, long receipt, List<Entry> entries) {
    public DomainEventBatch {
        entries = List.copyOf(entries);
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /**
     * One event.
     *
     * @param cursor its place in the order of the namespace, for the acknowledgement only
     * @param stepState where the outcome left the step: {@link StepState#WAITING_FOR_RETRY} and {@link StepState#ENQUEUED} are to be tried
     *     again, {@link StepState#ERROR} is final
     * @param publishedAt the database's time
     */
    public record Entry(String cursor, DomainEvent event, StepState stepState, Instant publishedAt) {}
}
