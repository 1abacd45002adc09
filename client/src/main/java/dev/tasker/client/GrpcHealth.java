package dev.tasker.client;

import com.tasker.v1.DetailedHealthRequest;
import com.tasker.v1.HealthRequest;
import com.tasker.v1.HealthServiceGrpc;
import com.tasker.v1.LivenessRequest;
import com.tasker.v1.ReadinessRequest;
import java.util.Map;

/** Over gRPC. */
final class GrpcHealth implements Health {
    private final GrpcCalls calls;

    GrpcHealth(GrpcCalls calls) {
        this.calls = calls;
    }

    @Override
    public HealthStatus basic() throws InterruptedException {
        return GrpcJson.read(
                calls.call(HealthServiceGrpc.getCheckHealthMethod(), HealthRequest.getDefaultInstance(), Manner.PROBE),
                Map.of(),
                HealthStatus.class);
    }

    @Override
    public HealthStatus live() throws InterruptedException {
        return GrpcJson.read(
                calls.call(
                        HealthServiceGrpc.getCheckLivenessMethod(), LivenessRequest.getDefaultInstance(), Manner.PROBE),
                Map.of(),
                HealthStatus.class);
    }

    @Override
    public HealthReport ready() throws InterruptedException {
        return GrpcJson.read(
                calls.call(
                        HealthServiceGrpc.getCheckReadinessMethod(),
                        ReadinessRequest.getDefaultInstance(),
                        Manner.PROBE),
                Map.of(),
                HealthReport.class);
    }

    @Override
    public HealthReport detailed() throws InterruptedException {
        return GrpcJson.read(
                calls.call(
                        HealthServiceGrpc.getCheckDetailedHealthMethod(),
                        DetailedHealthRequest.getDefaultInstance(),
                        Manner.PROBE),
                Map.of(),
                HealthReport.class);
    }

    @Override
    public String metrics() {
        throw Refusal.unsupported(Transport.GRPC, "metrics are not told");
    }
}
