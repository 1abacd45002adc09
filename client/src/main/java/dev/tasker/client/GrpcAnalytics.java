package dev.tasker.client;

import com.tasker.v1.AnalyticsServiceGrpc;
import com.tasker.v1.GetBottleneckAnalysisRequest;
import com.tasker.v1.GetPerformanceMetricsRequest;
import java.util.Map;

/** Over gRPC. */
final class GrpcAnalytics implements Analytics {
    private final GrpcCalls calls;

    GrpcAnalytics(GrpcCalls calls) {
        this.calls = calls;
    }

    @Override
    public Performance performance(int hours) throws InterruptedException {
        GetPerformanceMetricsRequest request =
                GetPerformanceMetricsRequest.newBuilder().setHours(hours).build();
        return GrpcJson.read(
                calls.call(AnalyticsServiceGrpc.getGetPerformanceMetricsMethod(), request, Manner.READ),
                Map.of(),
                Performance.class);
    }

    @Override
    public Bottlenecks bottlenecks(int limit, int minExecutions) throws InterruptedException {
        GetBottleneckAnalysisRequest request = GetBottleneckAnalysisRequest.newBuilder()
                .setLimit(limit)
                .setMinExecutions(minExecutions)
                .build();
        return GrpcJson.read(
                calls.call(AnalyticsServiceGrpc.getGetBottleneckAnalysisMethod(), request, Manner.READ),
                Map.of(),
                Bottlenecks.class);
    }
}
