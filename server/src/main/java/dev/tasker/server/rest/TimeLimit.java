package dev.tasker.server.rest;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Bounds how long a request waits for the engine; afterwards it is answered with 408. A call runs on the thread that asks for it, which one
 * thread for all interrupts when the time is up, at most a tenth of the limit late: a thread or a timer for each call would be a good part
 * of what a short one costs.
 */
final class TimeLimit implements AutoCloseable {
    private static final int CHECKS_PER_LIMIT = 10;
    private static final long CHECK_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(250);

    private final Duration limit;
    private final long checkNanos;
    private final Set<Running> calls = ConcurrentHashMap.newKeySet();
    private final Thread watcher;
    private volatile boolean watcherRests;
    private volatile boolean closed;

    TimeLimit(Duration limit) {
        this.limit = limit;
        this.checkNanos = Math.min(limit.toNanos() / CHECKS_PER_LIMIT, CHECK_NANOS_MAX);
        this.watcher = Thread.ofVirtual().name("rest-time-limit").start(this::watch);
    }

    /** A call under way; its monitor guards that nobody interrupts its thread once it is over. */
    private static final class Running {
        private final Thread caller = Thread.currentThread();
        private final long deadline;
        private boolean interrupted;
        private boolean over;

        Running(long deadline) {
            this.deadline = deadline;
        }

        synchronized void interrupt() {
            if (!over) {
                interrupted = true;
                caller.interrupt();
            }
        }

        /** Whether the time was up before the call was over; the thread's own flag is cleared then. */
        synchronized boolean end() {
            over = true;
            if (interrupted) {
                Thread.interrupted();
            }
            return interrupted;
        }
    }

    /** The answer to come. What it stands for may still happen after the time is up. */
    <T> T await(CompletableFuture<T> answer) throws InterruptedException {
        return outcome(answer);
    }

    /** What {@code call} returns; it is interrupted when the time is up. */
    <T> T call(Callable<T> call) throws InterruptedException {
        Running running = new Running(System.nanoTime() + limit.toNanos());
        calls.add(running);
        if (watcherRests) {
            LockSupport.unpark(watcher);
        }
        try {
            return call.call();
        } catch (InterruptedException | RuntimeException e) {
            if (running.end()) { // whatever the interruption was turned into
                throw new RefusedException(closed ? Problem.UNAVAILABLE : Problem.TIMEOUT);
            }
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            running.end();
            calls.remove(running);
        }
    }

    /** Rests while there is nothing to watch: whoever adds a call after it saw none sees that it rests. */
    private void watch() {
        while (!closed) {
            watcherRests = true;
            while (calls.isEmpty() && !closed) {
                LockSupport.park(this);
            }
            watcherRests = false;
            LockSupport.parkNanos(this, checkNanos);
            long now = System.nanoTime();
            for (Running running : calls) {
                if (now - running.deadline >= 0) {
                    running.interrupt();
                }
            }
        }
    }

    private <T> T outcome(Future<T> answer) throws InterruptedException {
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new RefusedException(Problem.TIMEOUT);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watcher);
        calls.forEach(Running::interrupt);
    }
}
