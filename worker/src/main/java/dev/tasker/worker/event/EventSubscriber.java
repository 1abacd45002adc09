package dev.tasker.worker.event;

import java.util.List;

/**
 * Hears {@code fast} and {@code broadcast} events of others, one at a time, in the order in which the source told them (04 §6.6, §9.6):
 * those that the server of the worker's session recorded, in all namespaces of the worker's credential. Best effort: events of a time
 * without a session are not told, and one that comes while the queue is full takes the place of the oldest. What it throws is logged
 * and concerns nobody else.
 */
@FunctionalInterface
public interface EventSubscriber {

    /**
     * What it hears as a service ({@link java.util.ServiceLoader}) of {@code tasker worker}, as {@link SubscriberRegistry#register}
     * takes it; everything, unless it says otherwise.
     */
    default List<String> patterns() {
        return List.of("*");
    }

    /** Whether {@link #handle} shall be called. */
    default boolean beforeHandle(DomainEvent event) {
        return true;
    }

    /** Takes the event; interrupted when it takes longer than five seconds. */
    void handle(DomainEvent event) throws Exception;

    /** The event was handled. */
    default void afterHandle(DomainEvent event) {}

    /** {@link #handle} failed, or did not end in time ({@link java.util.concurrent.TimeoutException}). */
    default void onHandleError(DomainEvent event, Throwable failure) {}
}
