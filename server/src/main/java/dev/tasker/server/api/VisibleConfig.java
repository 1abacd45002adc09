package dev.tasker.server.api;

import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.config.PoolConfig;
import dev.tasker.server.config.ServerConfig;
import java.util.List;

/**
 * What of the configuration may be shown (03 §1.10): nothing secret is in it.
 *
 * @param poolSize connections to the database that are kept, most
 * @param deploymentMode {@code Hybrid} or {@code PollingOnly}
 * @param queues names that clients of the earlier system show; work is dispatched from tables, by namespace and callable
 */
public record VisibleConfig(Auth auth, int poolSize, String deploymentMode, String backend, List<String> queues) {
    private static final List<String> QUEUES =
            List.of("orchestration_task_requests", "orchestration_task_finalizations", "orchestration_step_results");

    /** How callers are known; keys are counted only. */
    public record Auth(
            boolean enabled,
            String verificationMethod,
            String issuer,
            String audience,
            String apiKeyHeader,
            int apiKeys,
            boolean strictValidation,
            List<String> algorithms) {
        public Auth {
            algorithms = List.copyOf(algorithms);
        }
    }

    public VisibleConfig {
        queues = List.copyOf(queues);
    }

    public static VisibleConfig of(ServerConfig config) {
        PoolConfig pool = config.database().pool();
        return new VisibleConfig(
                auth(config.auth()),
                pool.maxConnections(),
                config.engine().dispatch().listen() ? "Hybrid" : "PollingOnly",
                "pgmq",
                QUEUES);
    }

    private static Auth auth(AuthConfig auth) {
        JwtConfig jwt = auth.jwt();
        String method = switch (jwt.keys()) {
            case JwtConfig.NoKey() -> "none";
            case JwtConfig.InlineKey _, JwtConfig.KeyFile _ -> "public_key";
            case JwtConfig.KeySet _ -> "jwks";
        };
        return new Auth(
                auth.enabled(),
                method,
                jwt.issuer(),
                jwt.audience(),
                auth.apiKeys().header(),
                auth.apiKeys().keys().size(),
                auth.strictValidation(),
                jwt.algorithms());
    }
}
