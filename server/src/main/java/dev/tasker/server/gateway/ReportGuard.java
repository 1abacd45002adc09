package dev.tasker.server.gateway;

import dev.tasker.server.security.Namespaces;
import dev.tasker.server.security.Principal;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a worker from reporting about steps outside its namespaces. Leases that this server gave the worker lie within them; for any other,
 * taken from an earlier server or made up, the engine is asked where the step belongs.
 */
final class ReportGuard {
    private static final Logger LOG = LoggerFactory.getLogger(ReportGuard.class);

    static final String OUTSIDE = "the step is outside the namespaces of this credential";

    private final Principal principal;
    private final NamespaceFinder finder;
    private final Executor executor;

    ReportGuard(Principal principal, NamespaceFinder finder, Executor executor) {
        this.principal = principal;
        this.finder = finder;
        this.executor = executor;
    }

    /** Whether a worker with this credential may be given leases of the namespace. */
    boolean covers(String namespace) {
        return principal.namespaces().covers(namespace);
    }

    /**
     * Whether a report about a lease that no session of the worker holds may go to the engine; one about a step that does not exist may.
     * Completes exceptionally when that cannot be found out now.
     */
    CompletableFuture<Boolean> allows(UUID stepUuid) {
        Namespaces namespaces = principal.namespaces();
        if (namespaces.all()) {
            return CompletableFuture.completedFuture(true);
        }
        return CompletableFuture.supplyAsync(() -> isInside(stepUuid), executor);
    }

    private boolean isInside(UUID stepUuid) {
        String namespace = finder.find(stepUuid).orElse(null);
        boolean isInside = namespace == null || covers(namespace);
        if (!isInside) {
            LOG.warn("{} reported about step {} of namespace {}: refused", principal.subject(), stepUuid, namespace);
        }
        return isInside;
    }
}
