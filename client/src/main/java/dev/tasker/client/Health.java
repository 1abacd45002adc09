package dev.tasker.client;

/** Probes (03 §1.11). Thread-safe; get one from {@link TaskerClient#health()}. */
public interface Health {
    /** Whether somebody is there; {@code healthy}. */
    HealthStatus basic() throws InterruptedException;

    /** Whether the process lives; {@code alive}. */
    HealthStatus live() throws InterruptedException;

    /**
     * Whether it can take tasks.
     *
     * @throws TaskerException.Unavailable when it cannot
     */
    HealthReport ready() throws InterruptedException;

    /** All checks, good and bad. */
    HealthReport detailed() throws InterruptedException;

    /** All metrics in the text form of Prometheus. <i>REST only.</i> */
    String metrics() throws InterruptedException;
}
