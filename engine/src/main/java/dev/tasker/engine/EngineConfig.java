package dev.tasker.engine;

/** How the engine works; each part stands with the numbers it was measured with. */
public record EngineConfig(LaneConfig lanes, LeaseConfig leases, BackoffConfig backoff, DispatchConfig dispatch) {
    public static final EngineConfig DEFAULT =
            new EngineConfig(LaneConfig.DEFAULT, LeaseConfig.DEFAULT, BackoffConfig.DEFAULT, DispatchConfig.DEFAULT);

    public EngineConfig withLanes(LaneConfig newLanes) {
        return new EngineConfig(newLanes, leases, backoff, dispatch);
    }

    public EngineConfig withLeases(LeaseConfig newLeases) {
        return new EngineConfig(lanes, newLeases, backoff, dispatch);
    }

    public EngineConfig withBackoff(BackoffConfig newBackoff) {
        return new EngineConfig(lanes, leases, newBackoff, dispatch);
    }

    public EngineConfig withDispatch(DispatchConfig newDispatch) {
        return new EngineConfig(lanes, leases, backoff, newDispatch);
    }
}
