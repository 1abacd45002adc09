package dev.tasker.client;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Tells one subscriber the changes of a task, as many as it asks for, from a virtual thread of its own. */
final class TaskSubscription implements Flow.Subscription {
    private static final Duration EVER = Duration.ofDays(365);

    private final TaskEvents events;
    private final Flow.Subscriber<? super TaskChange> subscriber;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long wanted; // this and the following guarded by lock
    private boolean cancelled;
    private @Nullable IllegalArgumentException misuse;

    private TaskSubscription(TaskEvents events, Flow.Subscriber<? super TaskChange> subscriber) {
        this.events = events;
        this.subscriber = subscriber;
    }

    static void begin(TaskEvents events, Flow.Subscriber<? super TaskChange> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        TaskSubscription subscription = new TaskSubscription(events, subscriber);
        Thread.ofVirtual().name("tasker-client-watch").start(subscription::run);
    }

    @Override
    public void request(long more) {
        lock.lock();
        try {
            if (more <= 0) {
                misuse = new IllegalArgumentException("request: " + more + " (expected: >= 1)");
                events.close();
            } else {
                wanted = wanted + more < 0 ? Long.MAX_VALUE : wanted + more;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cancel() {
        lock.lock();
        try {
            cancelled = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        events.close();
    }

    private void run() {
        subscriber.onSubscribe(this);
        Throwable failure = null;
        try (events) {
            while (isWanted()) {
                Optional<TaskChange> change = events.next(EVER);
                if (change.isEmpty()) {
                    failure = events.ended() ? null : new IllegalStateException("This client is closed.");
                    break;
                }
                subscriber.onNext(change.get());
            }
        } catch (InterruptedException | RuntimeException e) {
            failure = e;
        }
        end(failure);
    }

    private void end(@Nullable Throwable failure) {
        Throwable told;
        lock.lock();
        try {
            if (cancelled) {
                return;
            }
            cancelled = true; // whatever happens, nothing is told after the end
            told = misuse == null ? failure : misuse;
        } finally {
            lock.unlock();
        }
        if (told == null) {
            subscriber.onComplete();
        } else {
            subscriber.onError(told);
        }
    }

    /** Waits for a request; takes one of it. False when no more is wanted at all. */
    private boolean isWanted() throws InterruptedException {
        lock.lock();
        try {
            while (wanted == 0 && !cancelled && misuse == null) {
                changed.await();
            }
            if (cancelled || misuse != null) {
                return false;
            }
            wanted--;
            return true;
        } finally {
            lock.unlock();
        }
    }
}
