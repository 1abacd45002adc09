package dev.tasker.worker;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that finds the steps whose time is up. A starting step costs two reads here and, as a rule, no wake-up: the
 * watch sleeps until the earliest deadline it saw, later steps mostly end later, and after each busy spell it sleeps
 * once more for {@link #LINGER_NANOS} rather than for ever, so that a worker with one step at a time does not wake it
 * for each. With nothing to watch it sleeps until called.
 *
 * <p>A platform thread: handlers that burn CPU may occupy every carrier of virtual threads, and a timeout is for them
 * above all.
 */
final class DeadlineWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeadlineWatch.class);
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long NEVER_NANOS = Long.MAX_VALUE / 4;

    private final Collection<StepExecution> running;
    private final LongSupplier ticker;
    private @Nullable Thread thread; // written once, by start()
    private volatile long wakeNanos;
    private volatile boolean startedSincePass;
    private volatile boolean closed;

    /** @param running live view of all executions */
    DeadlineWatch(Collection<StepExecution> running, LongSupplier ticker) {
        this.running = running;
        this.ticker = ticker;
        this.wakeNanos = ticker.getAsLong() + NEVER_NANOS;
    }

    void start() {
        thread = Thread.ofPlatform().daemon().name("tasker-deadline-watch").start(this::loop);
    }

    /** To be called after the step has joined {@code running}. */
    void expect(long dueNanos) {
        if (!startedSincePass) {
            startedSincePass = true;
        }
        if (dueNanos - wakeNanos < 0) {
            LockSupport.unpark(thread);
        }
    }

    /** One pass over everything that runs; answers when the next one is due. */
    long runOnce() {
        long now = ticker.getAsLong();
        boolean lingering = startedSincePass;
        startedSincePass = false;
        wakeNanos = now + NEVER_NANOS; // a step that starts during the pass and may be missed by it calls for another
        long next = now + (lingering ? LINGER_NANOS : NEVER_NANOS);
        for (StepExecution execution : running) {
            long due = execution.advance(now);
            if (due - next < 0) {
                next = due;
            }
        }
        wakeNanos = next;
        return next;
    }

    private void loop() {
        while (!closed) {
            long waitNanos = guardedPass() - ticker.getAsLong();
            if (waitNanos > 0) {
                LockSupport.parkNanos(this, waitNanos);
            }
        }
    }

    private long guardedPass() {
        try {
            return runOnce();
        } catch (RuntimeException e) {
            LOG.error("pass over running steps failed", e);
            return ticker.getAsLong() + LINGER_NANOS;
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
