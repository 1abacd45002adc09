package dev.tasker.client;

/** Over REST. */
final class RestHealth implements Health {
    private final RestCalls calls;

    RestHealth(RestCalls calls) {
        this.calls = calls;
    }

    @Override
    public HealthStatus basic() throws InterruptedException {
        return calls.call(Request.get("/health").in(Manner.PROBE), HealthStatus.class);
    }

    @Override
    public HealthStatus live() throws InterruptedException {
        return calls.call(Request.get("/health/live").in(Manner.PROBE), HealthStatus.class);
    }

    @Override
    public HealthReport ready() throws InterruptedException {
        return calls.call(Request.get("/health/ready").in(Manner.PROBE), HealthReport.class);
    }

    @Override
    public HealthReport detailed() throws InterruptedException {
        return calls.call(Request.get("/health/detailed").in(Manner.PROBE), HealthReport.class);
    }

    @Override
    public String metrics() throws InterruptedException {
        return calls.send(Request.get("/metrics").in(Manner.PROBE)).body();
    }
}
