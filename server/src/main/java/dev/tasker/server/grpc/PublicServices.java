package dev.tasker.server.grpc;

import dev.tasker.server.api.Operations;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.gateway.GuardedService;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.ServerIdentity;
import dev.tasker.server.security.Access;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** The services of {@code tasker.v1} (03 §2.2) with who may call what. To be closed before their listener. Thread-safe. */
public final class PublicServices implements AutoCloseable {
    private static final RequestScope.Opener OPENER = new RequestScope.Opener();

    private final Calls calls;
    private final List<GuardedService> services;

    /** @param timeLimit after which a call is given up; callers' deadlines may be shorter */
    public PublicServices(
            Operations operations,
            NodeHealth health,
            ServerConfig config,
            ServerIdentity identity,
            InstantSource clock,
            Duration timeLimit) {
        this.calls = new Calls(health, timeLimit);
        StatusStreams streams = new StatusStreams(operations.following(), operations.steps(), calls, clock);
        this.services = List.of(
                scoped(new TaskRpcs(operations.tasks(), streams, calls), TaskRpcs.access()),
                scoped(new StepRpcs(operations.steps(), calls), StepRpcs.access()),
                scoped(new TemplateRpcs(operations.templates(), calls), TemplateRpcs.access()),
                scoped(new AnalyticsRpcs(operations.analytics(), calls), AnalyticsRpcs.access()),
                scoped(new DeadLetterRpcs(operations.letters(), calls), DeadLetterRpcs.access()),
                scoped(new ConfigRpcs(config, identity, clock, calls), ConfigRpcs.access()),
                open(new HealthRpcs(health, identity, clock, calls)));
    }

    private static GuardedService scoped(BindableService service, Map<String, Access> access) {
        return new GuardedService(UnreadableMessages.refusedBy(ServerInterceptors.intercept(service, OPENER)), access);
    }

    private static GuardedService open(BindableService service) {
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
