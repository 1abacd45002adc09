package dev.tasker.engine.internal.loop;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Wakes one waiting thread; signals given while it works are merged into one. Thread-safe. */
public final class Signal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition given = lock.newCondition();
    private boolean pending;
    private boolean timed;
    private long dueNanos;

    public void give() {
        lock.lock();
        try {
            pending = true;
            given.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Signals after {@code delay}; of several such signals the earliest counts, and one is enough for all. */
    public void giveWithin(Duration delay) {
        lock.lock();
        try {
            long due = System.nanoTime() + delay.toNanos();
            if (!timed || due - dueNanos < 0) {
                timed = true;
                dueNanos = due;
                given.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a signal, at most so long; true when there was one. */
    public boolean await(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long end = System.nanoTime() + atMost.toNanos();
            while (!pending) {
                long now = System.nanoTime();
                if (timed && dueNanos - now <= 0) {
                    pending = true;
                    break;
                }
                long left = timed ? Math.min(dueNanos - now, end - now) : end - now;
                if (end - now <= 0) {
                    break;
                }
                long ignored = given.awaitNanos(left);
            }
            boolean was = pending;
            pending = false;
            timed = timed && dueNanos - System.nanoTime() > 0;
            return was;
        } finally {
            lock.unlock();
        }
    }
}
