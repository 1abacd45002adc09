package dev.tasker.client;

/** Probes (03 §1.11). Thread-safe; get one from {@link TaskerClient#health()}. */
public final class Health {
    private final Calls calls;

    Health(Calls calls) {
        this.calls = calls;
    }

    /** Whether somebody is there; {@code healthy}. */
    public HealthStatus basic() throws InterruptedException {
        return calls.call(Request.get("/health"), HealthStatus.class);
    }

    /** Whether the process lives; {@code alive}. */
    public HealthStatus live() throws InterruptedException {
        return calls.call(Request.get("/health/live"), HealthStatus.class);
    }

    /**
     * Whether it can take tasks.
     *
     * @throws TaskerException.Unavailable when it cannot
     */
    public HealthReport ready() throws InterruptedException {
        return calls.call(Request.get("/health/ready"), HealthReport.class);
    }

    /** All checks, good and bad. */
    public HealthReport detailed() throws InterruptedException {
        return calls.call(Request.get("/health/detailed"), HealthReport.class);
    }

    /** All metrics in the text form of Prometheus. */
    public String metrics() throws InterruptedException {
        return calls.send(Request.get("/metrics")).body();
    }
}
