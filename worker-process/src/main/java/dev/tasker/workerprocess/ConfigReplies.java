package dev.tasker.workerprocess;

import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.security.Permission;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /config}: chosen fields, never a secret (03 §1.13). */
final class ConfigReplies {
    private final AuthConfig auth;
    private final WorkerIdentity identity;
    private final InstantSource clock;

    ConfigReplies(AuthConfig auth, WorkerIdentity identity, InstantSource clock) {
        this.auth = auth;
        this.identity = identity;
        this.clock = clock;
    }

    List<Operation> operations() {
        return List.of(Operation.guarded(
                "GET",
                "/config",
                Permission.WORKER_CONFIG_READ,
                "get_config",
                "How this worker is configured, without secrets",
                (_, _) -> config()));
    }

    private Reply config() {
        ObjectNode body = Reply.object();
        body.putObject("metadata")
                .put("timestamp", Reply.time(clock.instant()))
                .put("environment", identity.environment())
                .put("version", identity.version());
        body.put("worker_id", identity.id()).put("worker_type", identity.type());
        ObjectNode authNode = body.putObject("auth")
                .put("enabled", auth.enabled())
                .put("verification_method", verification())
                .put("jwt_issuer", auth.enabled() ? auth.jwt().issuer() : "")
                .put("jwt_audience", auth.enabled() ? auth.jwt().audience() : "")
                .put("api_key_header", auth.apiKeys().header())
                .put("api_key_count", auth.apiKeys().keys().size())
                .put("strict_validation", auth.strictValidation());
        var algorithms = authNode.putArray("allowed_algorithms");
        auth.jwt().algorithms().forEach(algorithms::add);
        var queues = body.putObject("messaging").put("backend", "pgmq").putArray("queues");
        identity.queues().forEach(queues::add);
        return Reply.ok(body);
    }

    private String verification() {
        if (!auth.enabled()) {
            return "none";
        }
        return switch (auth.jwt().keys()) {
            case JwtConfig.NoKey() -> "none";
            case JwtConfig.InlineKey _, JwtConfig.KeyFile _ -> "public_key";
            case JwtConfig.KeySet _ -> "jwks";
        };
    }
}
