package dev.tasker.workerprocess;

import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.security.Permission;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /config} (03 §1.13). */
final class ConfigReplies {
    private final ShownConfig config;

    ConfigReplies(ShownConfig config) {
        this.config = config;
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
        AuthConfig auth = config.auth();
        WorkerIdentity identity = config.identity();
        ObjectNode body = Reply.object();
        body.putObject("metadata")
                .put("timestamp", Reply.time(config.clock().instant()))
                .put("environment", identity.environment())
                .put("version", identity.version());
        body.put("worker_id", identity.id()).put("worker_type", identity.type());
        ObjectNode authNode = body.putObject("auth")
                .put("enabled", auth.enabled())
                .put("verification_method", auth.jwt().verificationMethod())
                .put("jwt_issuer", auth.jwt().issuer())
                .put("jwt_audience", auth.jwt().audience())
                .put("api_key_header", auth.apiKeys().header())
                .put("api_key_count", auth.apiKeys().keys().size())
                .put("strict_validation", auth.strictValidation());
        var algorithms = authNode.putArray("allowed_algorithms");
        auth.jwt().algorithms().forEach(algorithms::add);
        var queues =
                body.putObject("messaging").put("backend", ShownConfig.BACKEND).putArray("queues");
        identity.queues().forEach(queues::add);
        return Reply.ok(body);
    }
}
