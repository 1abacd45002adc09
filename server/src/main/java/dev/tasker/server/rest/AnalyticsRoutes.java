package dev.tasker.server.rest;

import dev.tasker.server.api.AnalyticsOperations;
import dev.tasker.server.security.Permission;
import java.util.List;
import java.util.Optional;

/** Reports (03 §1.8). */
final class AnalyticsRoutes {
    private final AnalyticsOperations analytics;
    private final TimeLimit timeLimit;

    AnalyticsRoutes(AnalyticsOperations analytics, TimeLimit timeLimit) {
        this.analytics = analytics;
        this.timeLimit = timeLimit;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", "/v1/analytics/performance", Permission.SYSTEM_ANALYTICS_READ, this::performance),
                Route.of("GET", "/v1/analytics/bottlenecks", Permission.SYSTEM_ANALYTICS_READ, this::bottlenecks));
    }

    private Reply performance(Call call) throws InterruptedException {
        long hours = call.wholeNumber("hours", Call.U32_MAX).orElse(AnalyticsOperations.HOURS);
        return Reply.ok(AnalyticsJson.performance(timeLimit.call(() -> analytics.performance(hours))));
    }

    private Reply bottlenecks(Call call) throws InterruptedException {
        long limit = int32(call, "limit").orElse(AnalyticsOperations.LIMIT);
        long minExecutions = int32(call, "min_executions").orElse(AnalyticsOperations.MIN_EXECUTIONS);
        return Reply.ok(AnalyticsJson.bottlenecks(timeLimit.call(() -> analytics.bottlenecks(limit, minExecutions))));
    }

    private static Optional<Long> int32(Call call, String name) {
        return call.number(name, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
}
