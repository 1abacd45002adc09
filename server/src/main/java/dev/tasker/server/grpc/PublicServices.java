package dev.tasker.server.grpc;

import dev.tasker.server.api.ApiContext;
import dev.tasker.server.api.Operations;
import dev.tasker.server.gateway.GuardedService;
import dev.tasker.server.health.NodeHealth;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** The services of {@code tasker.v1} (03 §2.2) with who may call what. To be closed before their listener. Thread-safe. */
public final class PublicServices implements AutoCloseable {
    private final Calls calls;
    private final List<GuardedService> services;

    /** @param timeLimit after which a call is given up; callers' deadlines may be shorter */
    public PublicServices(ApiContext context, Duration timeLimit) {
        Operations operations = context.operations();
        NodeHealth health = context.health();
        InstantSource clock = context.clock();
        this.calls = new Calls(health, timeLimit);
        StatusStreams streams = new StatusStreams(operations.following(), operations.steps(), calls, clock);
        ScopedService scoped = new ScopedService(context.tracing());
        List<GuardedService> served = new ArrayList<>(List.of(
                scoped.of(new TaskRpcs(operations.tasks(), streams, calls), TaskRpcs.access()),
                scoped.of(new StepRpcs(operations.steps(), calls), StepRpcs.access()),
                scoped.of(new TemplateRpcs(operations.templates(), calls), TemplateRpcs.access()),
                scoped.of(new AnalyticsRpcs(operations.analytics(), calls), AnalyticsRpcs.access()),
                scoped.of(new DeadLetterRpcs(operations.letters(), calls), DeadLetterRpcs.access()),
                scoped.open(new HealthRpcs(health, context.identity(), clock, calls))));
        if (context.config().grpc().configService()) {
            served.add(
                    scoped.of(new ConfigRpcs(context.config(), context.identity(), clock, calls), ConfigRpcs.access()));
        }
        this.services = List.copyOf(served);
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
