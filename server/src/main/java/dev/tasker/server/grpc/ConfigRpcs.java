package dev.tasker.server.grpc;

import com.tasker.v1.ConfigMetadata;
import com.tasker.v1.ConfigServiceGrpc;
import com.tasker.v1.GetConfigRequest;
import com.tasker.v1.GetConfigResponse;
import com.tasker.v1.SafeAuthConfig;
import com.tasker.v1.SafeCircuitBreakerConfig;
import com.tasker.v1.SafeDatabasePoolConfig;
import com.tasker.v1.SafeMessagingConfig;
import dev.tasker.server.api.DatabaseBreaker;
import dev.tasker.server.api.VisibleConfig;
import dev.tasker.server.health.ServerIdentity;
import dev.tasker.server.security.Access;
import dev.tasker.server.security.Permission;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.Map;

/** {@code ConfigService} (03 §1.10, §2.2): whoever may, sees what may be shown. */
final class ConfigRpcs extends ConfigServiceGrpc.ConfigServiceImplBase {
    private final VisibleConfig config;
    private final ServerIdentity identity;
    private final InstantSource clock;
    private final Calls calls;

    ConfigRpcs(VisibleConfig config, ServerIdentity identity, InstantSource clock, Calls calls) {
        this.config = config;
        this.identity = identity;
        this.clock = clock;
        this.calls = calls;
    }

    static Map<String, Access> access() {
        return Map.of("GetConfig", Access.needs(Permission.SYSTEM_CONFIG_READ));
    }

    @Override
    public void getConfig(GetConfigRequest request, StreamObserver<GetConfigResponse> observer) {
        calls.answer(observer, Refusals.PLAIN, this::document);
    }

    private GetConfigResponse document() {
        return GetConfigResponse.newBuilder()
                .setMetadata(ConfigMetadata.newBuilder()
                        .setTimestamp(Fields.time(clock.instant()))
                        .setEnvironment(identity.environment())
                        .setVersion(identity.version()))
                .setAuth(auth(config.auth()))
                .setCircuitBreakers(SafeCircuitBreakerConfig.newBuilder()
                        .setEnabled(true)
                        .setFailureThreshold(DatabaseBreaker.FAILURES)
                        .setTimeoutSeconds((int) DatabaseBreaker.OPEN_FOR.toSeconds())
                        .setSuccessThreshold(DatabaseBreaker.SUCCESSES))
                .setDatabasePools(SafeDatabasePoolConfig.newBuilder()
                        .setWebApiPoolSize(config.poolSize())
                        .setWebApiMaxConnections(config.poolSize()))
                .setDeploymentMode(config.deploymentMode())
                .setMessaging(SafeMessagingConfig.newBuilder()
                        .setBackend(config.backend())
                        .addAllQueues(config.queues()))
                .build();
    }

    private static SafeAuthConfig auth(VisibleConfig.Auth auth) {
        return SafeAuthConfig.newBuilder()
                .setEnabled(auth.enabled())
                .setVerificationMethod(auth.verificationMethod())
                .setJwtIssuer(auth.issuer())
                .setJwtAudience(auth.audience())
                .setApiKeyHeader(auth.apiKeyHeader())
                .setApiKeyCount(auth.apiKeys())
                .setStrictValidation(auth.strictValidation())
                .addAllAllowedAlgorithms(auth.algorithms())
                .build();
    }
}
