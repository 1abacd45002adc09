package dev.tasker.server.grpc;

import dev.tasker.server.api.Operations;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.gateway.GuardedService;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.ServerIdentity;
import dev.tasker.server.security.Access;
import dev.tasker.server.telemetry.Tracing;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The services of {@code tasker.v1} (03 §2.2) with who may call what. To be closed before their listener. Thread-safe. */
public final class PublicServices implements AutoCloseable {
    private final Calls calls;
    private final RequestScope.Opener opener;
    private final List<GuardedService> services;

    /** @param timeLimit after which a call is given up; callers' deadlines may be shorter */
    public PublicServices(
            Operations operations,
            NodeHealth health,
            ServerConfig config,
            ServerIdentity identity,
            InstantSource clock,
            Duration timeLimit,
            Tracing tracing) {
        this.opener = new RequestScope.Opener(tracing);
        this.calls = new Calls(health, timeLimit);
        StatusStreams streams = new StatusStreams(operations.following(), operations.steps(), calls, clock);
        List<GuardedService> served = new ArrayList<>(List.of(
                scoped(new TaskRpcs(operations.tasks(), streams, calls), TaskRpcs.access()),
                scoped(new StepRpcs(operations.steps(), calls), StepRpcs.access()),
                scoped(new TemplateRpcs(operations.templates(), calls), TemplateRpcs.access()),
                scoped(new AnalyticsRpcs(operations.analytics(), calls), AnalyticsRpcs.access()),
                scoped(new DeadLetterRpcs(operations.letters(), calls), DeadLetterRpcs.access()),
                open(new HealthRpcs(health, identity, clock, calls))));
        if (config.grpc().configService()) {
            served.add(scoped(new ConfigRpcs(config, identity, clock, calls), ConfigRpcs.access()));
        }
        this.services = List.copyOf(served);
    }

    private GuardedService scoped(BindableService service, Map<String, Access> access) {
        return new GuardedService(
                ServerInterceptors.intercept(UnreadableMessages.refusedBy(service.bindService()), opener), access);
    }

    private GuardedService open(BindableService service) {
        return scoped(service, GuardedService.open(service).access());
    }

    public List<GuardedService> services() {
        return services;
    }

    /** Ends calls under way. */
    @Override
    public void close() {
        calls.close();
    }
}
