package dev.tasker.engine;

/** A subscriber's place on the bus. Thread-safe. */
public interface DomainEventSubscription extends AutoCloseable {

    /**
     * What has become of the events that matched.
     *
     * @param handled including those that {@link DomainEventSubscriber#beforeHandle} declined
     * @param errors handlers that threw
     * @param timeouts handlers that were interrupted
     * @param dropped events that gave way to younger ones while the queue was full
     * @param waiting now
     */
    record Figures(long handled, long errors, long timeouts, long dropped, int waiting) {}

    Figures figures();

    /** Ends the subscription; what waits is dropped. */
    @Override
    void close();
}
