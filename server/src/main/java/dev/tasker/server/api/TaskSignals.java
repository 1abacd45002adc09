package dev.tasker.server.api;

import dev.tasker.engine.EngineListener;
import dev.tasker.engine.TaskState;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes those who wait for a task when this node changed its state. Hints only: what other nodes do is not heard, so whoever waits looks for
 * itself now and then. Costs the engine's threads one look-up per change. Thread-safe.
 */
public final class TaskSignals implements EngineListener {
    private final Map<UUID, Watch> watches = new ConcurrentHashMap<>();

    /** Somebody who waits for changes of a task; to be closed. Several may wait for the same. */
    public final class Watch implements AutoCloseable {
        private final UUID task;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private int watchers;
        private long changes;

        private Watch(UUID task) {
            this.task = task;
        }

        /** How many changes were told so far; to be taken before the task is read. */
        public long seen() {
            lock.lock();
            try {
                return changes;
            } finally {
                lock.unlock();
            }
        }

        /** Returns when there was a change after {@code seen}, or when the time is up. */
        public void await(long seen, Duration patience) throws InterruptedException {
            long left = patience.toNanos();
            lock.lock();
            try {
                while (changes == seen && left > 0) {
                    left = changed.awaitNanos(left);
                }
            } finally {
                lock.unlock();
            }
        }

        private void signal() {
            lock.lock();
            try {
                changes++;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            watches.computeIfPresent(task, (_, watch) -> --watch.watchers == 0 ? null : watch);
        }
    }

    public Watch watch(UUID task) {
        return watches.compute(task, (_, known) -> {
            Watch watch = known == null ? new Watch(task) : known;
            watch.watchers++;
            return watch;
        });
    }

    @Override
    public void taskEntered(UUID taskUuid, TaskState state) {
        Watch watch = watches.get(taskUuid);
        if (watch != null) {
            watch.signal();
        }
    }

    /** How long to wait for a signal before looking anyway. */
    static Duration patience(long leftNanos) {
        return Duration.ofNanos(Math.max(0, Math.min(leftNanos, TimeUnit.MILLISECONDS.toNanos(500))));
    }
}
