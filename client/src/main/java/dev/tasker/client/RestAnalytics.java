package dev.tasker.client;

/** Over REST. */
final class RestAnalytics implements Analytics {
    private final RestCalls calls;

    RestAnalytics(RestCalls calls) {
        this.calls = calls;
    }

    @Override
    public Performance performance(int hours) throws InterruptedException {
        return calls.call(Request.get("/v1/analytics/performance?hours=" + hours), Performance.class);
    }

    @Override
    public Bottlenecks bottlenecks(int limit, int minExecutions) throws InterruptedException {
        return calls.call(
                Request.get("/v1/analytics/bottlenecks?limit=" + limit + "&min_executions=" + minExecutions),
                Bottlenecks.class);
    }
}
