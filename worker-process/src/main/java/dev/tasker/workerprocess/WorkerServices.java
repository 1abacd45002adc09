package dev.tasker.workerprocess;

import dev.tasker.server.gateway.GuardedService;
import dev.tasker.server.grpc.ScopedService;
import dev.tasker.server.telemetry.Tracing;
import dev.tasker.worker.HandlerRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** What a worker can be asked: one set of operations, served as REST and as gRPC (03 §1.13, §2.2). */
record WorkerServices(
        WorkerProbes probes,
        TemplateShelf templates,
        HandlerRegistry handlers,
        ShownConfig config,
        MetricsReplies metrics,
        InstantSource clock) {

    /** As REST, with the description of all of it. */
    List<Operation> operations(boolean withConfig, String apiKeyHeader) {
        List<Operation> operations = new ArrayList<>();
        operations.addAll(new HealthReplies(probes).operations());
        operations.addAll(metrics.operations());
        operations.addAll(new TemplateReplies(templates, handlers, clock).operations());
        if (withConfig) {
            operations.addAll(new ConfigReplies(config).operations());
        }
        operations.addAll(ApiDocs.of(List.copyOf(operations), apiKeyHeader));
        return List.copyOf(operations);
    }

    /** As gRPC, with who may call what. Metrics and validation are REST's only (03 §5). */
    List<GuardedService> rpcs() {
        ScopedService scoped = new ScopedService(Tracing.OFF);
        return List.of(
                scoped.open(new WorkerHealthRpcs(probes)),
                scoped.of(new WorkerTemplateRpcs(templates), WorkerTemplateRpcs.access()),
                scoped.of(new WorkerConfigRpcs(config), WorkerConfigRpcs.access()));
    }
}
