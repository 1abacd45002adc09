package dev.tasker.workerprocess;

import com.tasker.v1.SafeMessagingConfig;
import com.tasker.v1.WorkerConfigServiceGrpc;
import com.tasker.v1.WorkerGetConfigRequest;
import com.tasker.v1.WorkerGetConfigResponse;
import dev.tasker.server.grpc.ConfigMessages;
import dev.tasker.server.grpc.PromptCalls;
import dev.tasker.server.security.Access;
import dev.tasker.server.security.Permission;
import io.grpc.stub.StreamObserver;
import java.util.Map;

/** {@code WorkerConfigService} (03 §2.3): chosen fields, never a secret. Served whether or not REST serves {@code /config} (03 §5). */
final class WorkerConfigRpcs extends WorkerConfigServiceGrpc.WorkerConfigServiceImplBase {
    private final ShownConfig config;

    WorkerConfigRpcs(ShownConfig config) {
        this.config = config;
    }

    static Map<String, Access> access() {
        return Map.of("GetConfig", Access.needs(Permission.WORKER_CONFIG_READ));
    }

    @Override
    public void getConfig(WorkerGetConfigRequest request, StreamObserver<WorkerGetConfigResponse> observer) {
        WorkerIdentity identity = config.identity();
        PromptCalls.answer(
                observer,
                () -> WorkerGetConfigResponse.newBuilder()
                        .setMetadata(ConfigMessages.metadata(
                                config.clock().instant(), identity.environment(), identity.version()))
                        .setWorkerId(identity.id())
                        .setWorkerType(identity.type())
                        .setAuth(ConfigMessages.auth(config.auth()))
                        .setMessaging(SafeMessagingConfig.newBuilder()
                                .setBackend(ShownConfig.BACKEND)
                                .addAllQueues(identity.queues()))
                        .build());
    }
}
