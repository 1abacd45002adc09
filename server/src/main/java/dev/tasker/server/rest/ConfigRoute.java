package dev.tasker.server.rest;

import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.BreakerConfig;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.config.OperationsConfig;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.security.Permission;
import java.time.InstantSource;
import java.util.List;

/** {@code GET /config}: what of the configuration may be shown, and nothing else (03 §1.10). */
final class ConfigRoute {
    private final AuthConfig auth;
    private final OperationsConfig operations;
    private final ServerIdentity identity;
    private final InstantSource clock;

    ConfigRoute(ServerConfig config, ServerIdentity identity, InstantSource clock) {
        this(config.auth(), config.operations(), identity, clock);
    }

    ConfigRoute(AuthConfig auth, OperationsConfig operations, ServerIdentity identity, InstantSource clock) {
        this.auth = auth;
        this.operations = operations;
        this.identity = identity;
        this.clock = clock;
    }

    /** None when it is switched off. */
    List<Route> routes() {
        return operations.api().configEndpoint()
                ? List.of(Route.of("GET", "/config", Permission.SYSTEM_CONFIG_READ, _ -> Reply.ok(document())))
                : List.of();
    }

    byte[] document() {
        JsonWriter json = new JsonWriter().openObject();
        json.openObject("metadata")
                .time("timestamp", Timestamps.ZULU, clock.instant())
                .text("environment", identity.environment())
                .text("version", identity.version())
                .closeObject();
        writeAuth(json);
        BreakerConfig breaker = operations.breaker();
        json.openObject("circuit_breakers")
                .flag("enabled", true)
                .number("failure_threshold", breaker.failureThreshold())
                .number("timeout_seconds", breaker.timeout().toSeconds())
                .number("success_threshold", breaker.successThreshold())
                .closeObject();
        json.openObject("database_pools")
                .number("web_api_pool_size", operations.api().poolSize())
                .number("web_api_max_connections", operations.api().poolConnectionsMax())
                .closeObject();
        json.text("deployment_mode", operations.mode().text());
        json.openObject("messaging").text("backend", "pgmq");
        json.texts("queues", operations.api().queues()).closeObject();
        return json.closeObject().toBytes();
    }

    private void writeAuth(JsonWriter json) {
        JwtConfig jwt = auth.jwt();
        json.openObject("auth")
                .flag("enabled", auth.enabled())
                .text("verification_method", method(jwt.keys()))
                .text("jwt_issuer", jwt.issuer())
                .text("jwt_audience", jwt.audience())
                .text("api_key_header", auth.apiKeys().header())
                .number("api_key_count", auth.apiKeys().keys().size())
                .flag("strict_validation", auth.strictValidation())
                .texts("allowed_algorithms", jwt.algorithms())
                .closeObject();
    }

    private static String method(JwtConfig.Keys keys) {
        return switch (keys) {
            case JwtConfig.NoKey _ -> "none";
            case JwtConfig.InlineKey _, JwtConfig.KeyFile _ -> "public_key";
            case JwtConfig.KeySet _ -> "jwks";
        };
    }
}
