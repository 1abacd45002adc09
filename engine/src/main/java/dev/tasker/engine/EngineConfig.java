package dev.tasker.engine;

/**
 * How the engine works; each part stands with the numbers it was measured with.
 *
 * @param soleNode no other node works on the database: in-process sessions found at the start belong to dead processes and their leases
 *     are taken back at once instead of running out
 * @param replacesTemplates another document under a registered version is what new tasks start with from then on; otherwise it is refused
 *     with {@link ErrorCode#TEMPLATE_CHANGED}
 */
public record EngineConfig(
        LaneConfig lanes,
        LeaseConfig leases,
        BackoffConfig backoff,
        DispatchConfig dispatch,
        GraphConfig graph,
        DomainEventConfig domainEvents,
        StalenessConfig staleness,
        RetentionConfig retention,
        AuditConfig audit,
        RollupConfig rollups,
        boolean soleNode,
        boolean replacesTemplates) {
    public static final EngineConfig DEFAULT = new EngineConfig(
            LaneConfig.DEFAULT,
            LeaseConfig.DEFAULT,
            BackoffConfig.DEFAULT,
            DispatchConfig.DEFAULT,
            GraphConfig.DEFAULT,
            DomainEventConfig.DEFAULT,
            StalenessConfig.DEFAULT,
            RetentionConfig.DEFAULT,
            AuditConfig.DEFAULT,
            RollupConfig.DEFAULT,
            false,
            true);

    public EngineConfig withLanes(LaneConfig newLanes) {
        return new EngineConfig(
                newLanes,
                leases,
                backoff,
                dispatch,
                graph,
                domainEvents,
                staleness,
                retention,
                audit,
                rollups,
                soleNode,
                replacesTemplates);
    }

    public EngineConfig withLeases(LeaseConfig newLeases) {
        return new EngineConfig(
                lanes,
                newLeases,
                backoff,
                dispatch,
                graph,
                domainEvents,
                staleness,
                retention,
                audit,
                rollups,
                soleNode,
                replacesTemplates);
    }

    public EngineConfig withBackoff(BackoffConfig newBackoff) {
        return new EngineConfig(
                lanes,
                leases,
                newBackoff,
                dispatch,
                graph,
                domainEvents,
                staleness,
                retention,
                audit,
                rollups,
                soleNode,
                replacesTemplates);
    }

    public EngineConfig withDispatch(DispatchConfig newDispatch) {
        return new EngineConfig(
                lanes,
                leases,
                backoff,
                newDispatch,
                graph,
                domainEvents,
                staleness,
                retention,
                audit,
                rollups,
                soleNode,
                replacesTemplates);
    }

    public EngineConfig withGraph(GraphConfig newGraph) {
        return new EngineConfig(
                lanes,
                leases,
                backoff,
                dispatch,
                newGraph,
                domainEvents,
                staleness,
                retention,
                audit,
                rollups,
                soleNode,
                replacesTemplates);
    }

    public EngineConfig withDomainEvents(DomainEventConfig newDomainEvents) {
        return new EngineConfig(
                lanes,
                leases,
                backoff,
                dispatch,
                graph,
                newDomainEvents,
                staleness,
                retention,
                audit,
                rollups,
                soleNode,
                replacesTemplates);
    }

    public EngineConfig withStaleness(StalenessConfig newStaleness) {
        return new EngineConfig(
                lanes,
                leases,
                backoff,
                dispatch,
                graph,
                domainEvents,
                newStaleness,
                retention,
                audit,
                rollups,
                soleNode,
                replacesTemplates);
    }

    public EngineConfig withRetention(RetentionConfig newRetention) {
        return new EngineConfig(
                lanes,
                leases,
                backoff,
                dispatch,
                graph,
                domainEvents,
                staleness,
                newRetention,
                audit,
                rollups,
                soleNode,
                replacesTemplates);
    }

    public EngineConfig withAudit(AuditConfig newAudit) {
        return new EngineConfig(
                lanes,
                leases,
                backoff,
                dispatch,
                graph,
                domainEvents,
                staleness,
                retention,
                newAudit,
                rollups,
                soleNode,
                replacesTemplates);
    }

    public EngineConfig withRollups(RollupConfig newRollups) {
        return new EngineConfig(
                lanes,
                leases,
                backoff,
                dispatch,
                graph,
                domainEvents,
                staleness,
                retention,
                audit,
                newRollups,
                soleNode,
                replacesTemplates);
    }

    public EngineConfig withSoleNode(boolean newSoleNode) {
        return new EngineConfig(
                lanes,
                leases,
                backoff,
                dispatch,
                graph,
                domainEvents,
                staleness,
                retention,
                audit,
                rollups,
                newSoleNode,
                replacesTemplates);
    }

    public EngineConfig withReplacesTemplates(boolean newReplacesTemplates) {
        return new EngineConfig(
                lanes,
                leases,
                backoff,
                dispatch,
                graph,
                domainEvents,
                staleness,
                retention,
                audit,
                rollups,
                soleNode,
                newReplacesTemplates);
    }
}
