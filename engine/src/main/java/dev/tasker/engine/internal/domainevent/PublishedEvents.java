package dev.tasker.engine.internal.domainevent;

/** Takes events whose outcome is committed: counts them and tells those that are to be told. Thread-safe; never waits. */
public final class PublishedEvents {
    private final EventBus bus;
    private final EventCounters counters;

    public PublishedEvents(EventBus bus, EventCounters counters) {
        this.bus = bus;
        this.counters = counters;
    }

    public void published(EventCandidate candidate) {
        counters.published(candidate.mode());
        if (candidate.told()) {
            bus.tell(candidate.event());
        }
    }
}
