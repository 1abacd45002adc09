package dev.tasker.server.grpc;

import com.google.protobuf.Message;
import com.tasker.v1.DetailedHealthChecks;
import com.tasker.v1.DetailedHealthRequest;
import com.tasker.v1.DetailedHealthResponse;
import com.tasker.v1.HealthInfo;
import com.tasker.v1.HealthRequest;
import com.tasker.v1.HealthResponse;
import com.tasker.v1.HealthServiceGrpc;
import com.tasker.v1.LivenessRequest;
import com.tasker.v1.PoolDetail;
import com.tasker.v1.PoolUtilizationInfo;
import com.tasker.v1.ReadinessChecks;
import com.tasker.v1.ReadinessRequest;
import com.tasker.v1.ReadinessResponse;
import dev.tasker.server.health.HealthCheck;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.PoolFigures;
import dev.tasker.server.health.ServerIdentity;
import dev.tasker.server.json.Timestamps;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.List;

/** {@code HealthService} (03 §1.11, §2.4). Open to all, served in every operational state. */
final class HealthRpcs extends HealthServiceGrpc.HealthServiceImplBase {
    private final NodeHealth health;
    private final ServerIdentity identity;
    private final InstantSource clock;
    private final Calls calls;

    HealthRpcs(NodeHealth health, ServerIdentity identity, InstantSource clock, Calls calls) {
        this.health = health;
        this.identity = identity;
        this.clock = clock;
        this.calls = calls;
    }

    @Override
    public void checkHealth(HealthRequest request, StreamObserver<HealthResponse> observer) {
        calls.answerAlways(observer, Refusals.PLAIN, () -> word("healthy"));
    }

    @Override
    public void checkLiveness(LivenessRequest request, StreamObserver<HealthResponse> observer) {
        calls.answerAlways(observer, Refusals.PLAIN, () -> word("alive"));
    }

    @Override
    public void checkReadiness(ReadinessRequest request, StreamObserver<ReadinessResponse> observer) {
        calls.answerAlways(observer, Refusals.PLAIN, () -> {
            List<HealthCheck> checks = health.readiness();
            if (!checks.stream().allMatch(HealthCheck::healthy)) {
                throw Status.UNAVAILABLE.withDescription("Service is not ready").asRuntimeException();
            }
            ReadinessChecks.Builder message = ReadinessChecks.newBuilder();
            fill(message, checks);
            return ReadinessResponse.newBuilder()
                    .setStatus("ready")
                    .setTimestamp(now())
                    .setChecks(message)
                    .setInfo(info())
                    .build();
        });
    }

    @Override
    public void checkDetailedHealth(DetailedHealthRequest request, StreamObserver<DetailedHealthResponse> observer) {
        calls.answerAlways(observer, Refusals.PLAIN, () -> {
            List<HealthCheck> checks = health.details();
            DetailedHealthChecks.Builder message = DetailedHealthChecks.newBuilder();
            fill(message, checks);
            return DetailedHealthResponse.newBuilder()
                    .setStatus(checks.stream().allMatch(HealthCheck::healthy) ? "healthy" : "degraded")
                    .setTimestamp(now())
                    .setChecks(message)
                    .setInfo(info().toBuilder().setPoolUtilization(utilization()))
                    .build();
        });
    }

    /** One pool serves both of the earlier system's. */
    private PoolUtilizationInfo utilization() {
        PoolFigures pool = health.pool();
        PoolDetail detail = PoolDetail.newBuilder()
                .setActiveConnections(pool.active())
                .setIdleConnections(pool.idle())
                .setMaxConnections(pool.max())
                .setUtilizationPercent(pool.utilizationPercent())
                .setTotalAcquires(pool.acquires())
                .setSlowAcquires(pool.slow())
                .setAcquireErrors(pool.errors())
                .setAverageAcquireTimeMs(pool.averageWaitMs())
                .setMaxAcquireTimeMs(pool.longestWaitMs())
                .build();
        return PoolUtilizationInfo.newBuilder()
                .setTaskerPool(detail)
                .setPgmqPool(detail)
                .build();
    }

    private HealthResponse word(String status) {
        return HealthResponse.newBuilder().setStatus(status).setTimestamp(now()).build();
    }

    private String now() {
        return Timestamps.OFFSET.format(clock.instant());
    }

    /** The fields are named as the checks are. */
    private static void fill(Message.Builder checks, List<HealthCheck> found) {
        for (HealthCheck check : found) {
            com.tasker.v1.HealthCheck.Builder message = com.tasker.v1.HealthCheck.newBuilder()
                    .setStatus(check.status().text())
                    .setDurationMs(check.durationMs());
            if (check.message() != null) {
                message.setMessage(check.message());
            }
            checks.setField(checks.getDescriptorForType().findFieldByName(check.name()), message.build());
        }
    }

    private HealthInfo info() {
        int poolSize = health.pool().max();
        return HealthInfo.newBuilder()
                .setVersion(identity.version())
                .setEnvironment(identity.environment())
                .setOperationalState(health.state().text())
                .setWebDatabasePoolSize(poolSize)
                .setOrchestrationDatabasePoolSize(poolSize)
                .setCircuitBreakerState(health.breaker().state().text())
                .build();
    }
}
