package dev.tasker.server.grpc;

import dev.tasker.server.gateway.GuardedService;
import dev.tasker.server.gateway.UnreadableMessages;
import dev.tasker.server.security.Access;
import dev.tasker.server.telemetry.Tracing;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import java.util.Map;

/**
 * Makes services whose calls have a request id, echoed in metadata or made (03 §5), and a span, which refuse messages that cannot be read,
 * and of which is known who may call them.
 */
public final class ScopedService {
    private final RequestScope.Opener opener;

    /** Takes where spans go. */
    public ScopedService(Tracing tracing) {
        this.opener = new RequestScope.Opener(tracing);
    }

    /**
     * A service with who may call what.
     *
     * @param access by the bare names of exactly the service's methods
     * @throws IllegalArgumentException when one is missing or too much
     */
    public GuardedService of(BindableService service, Map<String, Access> access) {
        return new GuardedService(
                ServerInterceptors.intercept(
                        UnreadableMessages.refusedBy(
                                service.bindService(),
                                () -> Refusals.PLAIN.of(Fields.invalid(UnreadableMessages.TEXT))),
                        opener),
                access);
    }

    /** A service that everybody may call. */
    public GuardedService open(BindableService service) {
        return of(service, GuardedService.open(service).access());
    }
}
