package dev.tasker.testkit.fault;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A fault lying in wait for one statement of a {@link FaultyDataSource}; it strikes once. Thread-safe. */
public final class Fault implements AutoCloseable {
    private final Kind kind;
    private final String fragment;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** What happens to the statement. */
    public enum Kind {
        /** It waits before it is sent, until {@link Fault#release()}. */
        PARK_BEFORE,
        /** It is executed and committed; its answer is held back until {@link Fault#release()}. */
        PARK_AFTER,
        /** It is never sent: the connection breaks before. */
        LOSE_REQUEST,
        /** It is executed and committed; then the connection breaks, so that its sender cannot know. */
        LOSE_ANSWER,
        /** It is cancelled in its middle, should it come to the rows of steps. */
        CANCEL_MIDWAY,
        /** Its server process is ended in its middle, should it come to the rows of steps. */
        TERMINATE_MIDWAY
    }

    Fault(Kind kind, String fragment) {
        this.kind = kind;
        this.fragment = fragment;
    }

    Kind kind() {
        return kind;
    }

    boolean concerns(String sql) {
        return sql.contains(fragment);
    }

    void strike() {
        reached.countDown();
    }

    void park() throws InterruptedException {
        reached.countDown();
        released.await();
    }

    /** Waits until the fault has struck; fails when no such statement came in time. */
    public void awaitStruck(Duration atMost) throws InterruptedException {
        if (!reached.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(kind + ": no statement with '" + fragment + "' within " + atMost);
        }
    }

    /** Whether the fault has struck. */
    public boolean hasStruck() {
        return reached.getCount() == 0;
    }

    /** Lets a parked statement go on; one that comes later is not parked. */
    public void release() {
        released.countDown();
    }

    @Override
    public void close() {
        release();
    }
}
