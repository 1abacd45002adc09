package dev.tasker.engine;

/**
 * Figures about domain events, cumulative since the engine was opened unless said otherwise (04 §6.8). They count what this node recorded.
 *
 * @param durableRouted published events of mode durable; {@code fast} and {@code broadcast} likewise
 * @param failed events that an outcome called for and that could not be made: their payload broke the schema or was too large
 * @param vetoed events that a custom publisher of the worker declined
 * @param bus figures of the bus in this process
 */
public record DomainEventStatistics(
        long durableRouted, long fastRouted, long broadcastRouted, long failed, long vetoed, Bus bus) {

    /** Events published in whatever mode. */
    public long totalRouted() {
        return durableRouted + fastRouted + broadcastRouted;
    }

    /**
     * Figures of the bus.
     *
     * @param eventsDispatched events handed to the bus, whether anybody listened or not
     * @param handlerDispatches events handed to a subscriber
     * @param handlerErrors subscribers that threw or took too long
     * @param dropped events that a full queue gave up
     * @param patterns distinct patterns subscribed to now
     * @param subscribers now
     */
    public record Bus(
            long eventsDispatched,
            long handlerDispatches,
            long handlerErrors,
            long dropped,
            int patterns,
            int subscribers) {}
}
