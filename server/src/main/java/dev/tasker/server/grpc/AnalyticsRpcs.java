package dev.tasker.server.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.tasker.v1.AnalyticsServiceGrpc;
import com.tasker.v1.GetBottleneckAnalysisRequest;
import com.tasker.v1.GetBottleneckAnalysisResponse;
import com.tasker.v1.GetPerformanceMetricsRequest;
import com.tasker.v1.GetPerformanceMetricsResponse;
import com.tasker.v1.ResourceUtilization;
import com.tasker.v1.SlowStepInfo;
import com.tasker.v1.SlowTaskInfo;
import com.tasker.v1.SystemHealthCounts;
import dev.tasker.engine.Bottlenecks;
import dev.tasker.engine.PerformanceMetrics;
import dev.tasker.engine.StepPerformance;
import dev.tasker.engine.SystemHealth;
import dev.tasker.engine.TaskPerformance;
import dev.tasker.server.api.AnalyticsOperations;
import dev.tasker.server.json.Timestamps;
import dev.tasker.server.security.Access;
import dev.tasker.server.security.Permission;
import io.grpc.stub.StreamObserver;
import java.util.Map;

/** {@code AnalyticsService} (03 §2.4). */
final class AnalyticsRpcs extends AnalyticsServiceGrpc.AnalyticsServiceImplBase {
    private static final Refusals REFUSALS = Refusals.failing("Internal error processing analytics request");

    private final AnalyticsOperations analytics;
    private final Calls calls;

    AnalyticsRpcs(AnalyticsOperations analytics, Calls calls) {
        this.analytics = analytics;
        this.calls = calls;
    }

    static Map<String, Access> access() {
        return Map.of(
                "GetPerformanceMetrics", Access.needs(Permission.SYSTEM_ANALYTICS_READ),
                "GetBottleneckAnalysis", Access.needs(Permission.SYSTEM_ANALYTICS_READ));
    }

    @Override
    public void getPerformanceMetrics(
            GetPerformanceMetricsRequest request, StreamObserver<GetPerformanceMetricsResponse> observer) {
        calls.answer(observer, REFUSALS, () -> {
            if (request.getHours() < 0) {
                throw Fields.invalid("hours must not be negative");
            }
            return metrics(analytics.performance(request.hasHours() ? request.getHours() : AnalyticsOperations.HOURS));
        });
    }

    @Override
    public void getBottleneckAnalysis(
            GetBottleneckAnalysisRequest request, StreamObserver<GetBottleneckAnalysisResponse> observer) {
        calls.answer(
                observer,
                REFUSALS,
                () -> bottlenecks(analytics.bottlenecks(
                        request.hasLimit() ? request.getLimit() : AnalyticsOperations.LIMIT,
                        request.hasMinExecutions() ? request.getMinExecutions() : AnalyticsOperations.MIN_EXECUTIONS)));
    }

    private static GetPerformanceMetricsResponse metrics(PerformanceMetrics metrics) {
        return GetPerformanceMetricsResponse.newBuilder()
                .setTotalTasks(metrics.totalTasks())
                .setActiveTasks(metrics.activeTasks())
                .setCompletedTasks(metrics.completedTasks())
                .setFailedTasks(metrics.failedTasks())
                .setCompletionRate(metrics.completionRate())
                .setErrorRate(metrics.errorRate())
                .setAverageTaskDurationSeconds(metrics.averageTaskDurationSeconds())
                .setAverageStepDurationSeconds(metrics.averageStepDurationSeconds())
                .setTasksPerHour(metrics.tasksPerHour())
                .setStepsPerHour(metrics.stepsPerHour())
                .setSystemHealthScore(metrics.systemHealthScore())
                .setAnalysisPeriodStart(Timestamps.OFFSET.format(metrics.analysisPeriodStart()))
                .setCalculatedAt(Timestamps.OFFSET.format(metrics.calculatedAt()))
                .build();
    }

    private static GetBottleneckAnalysisResponse bottlenecks(Bottlenecks bottlenecks) {
        GetBottleneckAnalysisResponse.Builder message = GetBottleneckAnalysisResponse.newBuilder()
                .setResourceUtilization(ResourceUtilization.newBuilder()
                        .setDatabasePoolUtilization(bottlenecks.poolUtilization())
                        .setSystemHealth(counts(bottlenecks.health())))
                .addAllRecommendations(bottlenecks.recommendations());
        bottlenecks.slowSteps().forEach(step -> message.addSlowSteps(step(step)));
        bottlenecks.slowTasks().forEach(task -> message.addSlowTasks(task(task)));
        return message.build();
    }

    private static SlowStepInfo step(StepPerformance step) {
        SlowStepInfo.Builder message = SlowStepInfo.newBuilder()
                .setNamespaceName(step.namespace())
                .setTaskName(step.task())
                .setVersion(step.version())
                .setStepName(step.step())
                .setAverageDurationSeconds(step.averageDurationSeconds())
                .setMaxDurationSeconds(step.maxDurationSeconds())
                .setExecutionCount(step.executionCount())
                .setErrorCount(step.errorCount())
                .setErrorRate(step.errorRate());
        if (step.lastExecutedAt() != null) {
            message.setLastExecutedAt(Timestamps.OFFSET.format(step.lastExecutedAt()));
        }
        return message.build();
    }

    private static SlowTaskInfo task(TaskPerformance task) {
        SlowTaskInfo.Builder message = SlowTaskInfo.newBuilder()
                .setNamespaceName(task.namespace())
                .setTaskName(task.task())
                .setVersion(task.version())
                .setAverageDurationSeconds(task.averageDurationSeconds())
                .setMaxDurationSeconds(task.maxDurationSeconds())
                .setExecutionCount(task.executionCount())
                .setAverageStepCount(task.averageStepCount())
                .setErrorCount(task.errorCount())
                .setErrorRate(task.errorRate());
        if (task.lastExecutedAt() != null) {
            message.setLastExecutedAt(Timestamps.OFFSET.format(task.lastExecutedAt()));
        }
        return message.build();
    }

    /** The counters are named as the states are. */
    private static SystemHealthCounts counts(SystemHealth health) {
        SystemHealthCounts.Builder message = SystemHealthCounts.newBuilder()
                .setTotalTasks(health.totalTasks())
                .setTotalSteps(health.totalSteps());
        health.tasks().forEach((state, count) -> message.setField(counter(state.text() + "_tasks"), count));
        health.steps().forEach((state, count) -> message.setField(counter(state.text() + "_steps"), count));
        return message.build();
    }

    private static FieldDescriptor counter(String name) {
        return SystemHealthCounts.getDescriptor().findFieldByName(name);
    }
}
