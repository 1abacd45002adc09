package dev.tasker.engine;

/**
 * Hears {@code fast} and {@code broadcast} events of this process, one at a time, in the order in which their outcomes were recorded here
 * (04 §6.6). Best effort: an event that comes while the queue is full takes the place of the oldest, and one whose outcome was
 * recorded without the node learning of it is not told. What a subscriber throws is logged and counted and concerns nobody else.
 */
public interface DomainEventSubscriber {

    /** Whether {@link #handle} shall be called. */
    default boolean beforeHandle(DomainEvent event) {
        return true;
    }

    /** Takes the event; interrupted when it takes longer than {@link DomainEventConfig#dispatchTimeout}. */
    void handle(DomainEvent event) throws Exception;

    /** The event was handled. */
    default void afterHandle(DomainEvent event) {}

    /** {@link #handle} failed, or did not end in time ({@link java.util.concurrent.TimeoutException}). */
    default void onHandleError(DomainEvent event, Throwable failure) {}
}
