package dev.tasker.client;

/** Reports (03 §1.8). Thread-safe; get one from {@link TaskerClient#analytics()}. */
public final class Analytics {
    private final Calls calls;

    Analytics(Calls calls) {
        this.calls = calls;
    }

    /** How the server did in the last hours, 1 to 720 of them. */
    public Performance performance(int hours) throws InterruptedException {
        return calls.call(Request.get("/v1/analytics/performance?hours=" + hours), Performance.class);
    }

    /**
     * What was slow in the last 24 hours.
     *
     * @param limit of steps, and of tasks
     * @param minExecutions fewer make no figure
     */
    public Bottlenecks bottlenecks(int limit, int minExecutions) throws InterruptedException {
        return calls.call(
                Request.get("/v1/analytics/bottlenecks?limit=" + limit + "&min_executions=" + minExecutions),
                Bottlenecks.class);
    }
}
