package dev.tasker.server.grpc;

import com.tasker.v1.ConfigServiceGrpc;
import com.tasker.v1.GetConfigRequest;
import com.tasker.v1.GetConfigResponse;
import com.tasker.v1.SafeCircuitBreakerConfig;
import com.tasker.v1.SafeDatabasePoolConfig;
import com.tasker.v1.SafeMessagingConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.BreakerConfig;
import dev.tasker.server.config.OperationsConfig;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.health.ServerIdentity;
import dev.tasker.server.security.Access;
import dev.tasker.server.security.Permission;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.Map;

/** {@code ConfigService} (03 §1.10, §2.2): whoever may, sees what may be shown. */
final class ConfigRpcs extends ConfigServiceGrpc.ConfigServiceImplBase {
    private final AuthConfig auth;
    private final OperationsConfig operations;
    private final ServerIdentity identity;
    private final InstantSource clock;
    private final Calls calls;

    ConfigRpcs(ServerConfig config, ServerIdentity identity, InstantSource clock, Calls calls) {
        this.auth = config.auth();
        this.operations = config.operations();
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
        BreakerConfig breaker = operations.breaker();
        return GetConfigResponse.newBuilder()
                .setMetadata(ConfigMessages.metadata(clock.instant(), identity.environment(), identity.version()))
                .setAuth(ConfigMessages.auth(auth))
                .setCircuitBreakers(SafeCircuitBreakerConfig.newBuilder()
                        .setEnabled(true)
                        .setFailureThreshold(breaker.failureThreshold())
                        .setTimeoutSeconds((int) breaker.timeout().toSeconds())
                        .setSuccessThreshold(breaker.successThreshold()))
                .setDatabasePools(SafeDatabasePoolConfig.newBuilder()
                        .setWebApiPoolSize(operations.api().poolSize())
                        .setWebApiMaxConnections(operations.api().poolConnectionsMax()))
                .setDeploymentMode(operations.mode().text())
                .setMessaging(SafeMessagingConfig.newBuilder()
                        .setBackend("pgmq")
                        .addAllQueues(operations.api().queues()))
                .build();
    }
}
