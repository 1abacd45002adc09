package dev.tasker.engine;

/**
 * How the engine works; each part stands with the numbers it was measured with.
 *
 * @param soleNode no other node works on the database: in-process sessions found at the start belong to dead processes and their leases
 *     are taken back at once instead of running out
 */
public record EngineConfig(
        LaneConfig lanes,
        LeaseConfig leases,
        BackoffConfig backoff,
        DispatchConfig dispatch,
        DomainEventConfig domainEvents,
        boolean soleNode) {
    public static final EngineConfig DEFAULT = new EngineConfig(
            LaneConfig.DEFAULT,
            LeaseConfig.DEFAULT,
            BackoffConfig.DEFAULT,
            DispatchConfig.DEFAULT,
            DomainEventConfig.DEFAULT,
            false);

    public EngineConfig withLanes(LaneConfig newLanes) {
        return new EngineConfig(newLanes, leases, backoff, dispatch, domainEvents, soleNode);
    }

    public EngineConfig withLeases(LeaseConfig newLeases) {
        return new EngineConfig(lanes, newLeases, backoff, dispatch, domainEvents, soleNode);
    }

    public EngineConfig withBackoff(BackoffConfig newBackoff) {
        return new EngineConfig(lanes, leases, newBackoff, dispatch, domainEvents, soleNode);
    }

    public EngineConfig withDispatch(DispatchConfig newDispatch) {
        return new EngineConfig(lanes, leases, backoff, newDispatch, domainEvents, soleNode);
    }

    public EngineConfig withDomainEvents(DomainEventConfig newDomainEvents) {
        return new EngineConfig(lanes, leases, backoff, dispatch, newDomainEvents, soleNode);
    }

    public EngineConfig withSoleNode(boolean newSoleNode) {
        return new EngineConfig(lanes, leases, backoff, dispatch, domainEvents, newSoleNode);
    }
}
