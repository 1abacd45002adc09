package dev.tasker.client;

/** Reports (03 §1.8). Thread-safe; get one from {@link TaskerClient#analytics()}. */
public interface Analytics {
    /** How the server did in the last hours, 1 to 720 of them. */
    Performance performance(int hours) throws InterruptedException;

    /**
     * What was slow in the last 24 hours.
     *
     * @param limit of steps, and of tasks
     * @param minExecutions fewer make no figure
     */
    Bottlenecks bottlenecks(int limit, int minExecutions) throws InterruptedException;
}
