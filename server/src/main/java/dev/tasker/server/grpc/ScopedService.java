package dev.tasker.server.grpc;

import dev.tasker.server.gateway.GuardedService;
import dev.tasker.server.security.Access;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import java.util.Map;

/** Services whose calls have a request id, echoed in metadata or made (03 §5), and who may call them. */
public final class ScopedService {
    private static final RequestScope.Opener OPENER = new RequestScope.Opener();

    private ScopedService() {}

    /**
     * A service with who may call what.
     *
     * @param access by the bare names of exactly the service's methods
     * @throws IllegalArgumentException when one is missing or too much
     */
    public static GuardedService of(BindableService service, Map<String, Access> access) {
        return new GuardedService(ServerInterceptors.intercept(service, OPENER), access);
    }

    /** A service that everybody may call. */
    public static GuardedService open(BindableService service) {
        return of(service, GuardedService.open(service).access());
    }
}
