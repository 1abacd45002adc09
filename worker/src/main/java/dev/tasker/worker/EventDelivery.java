package dev.tasker.worker;

import dev.tasker.worker.event.DomainEvent;
import dev.tasker.worker.event.EventSubscriber;
import dev.tasker.worker.event.SubscriberRegistry.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to subscribers, each with a queue of its own, whose oldest event gives way when it is full, and a thread that waits for one
 * event after the other. A subscriber that takes too long is interrupted, and left behind when it does not heed that. Thread-safe.
 */
final class EventDelivery implements AutoCloseable {
    static final int WAITING_MAX = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(EventDelivery.class);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Desk> desks = new ArrayList<>();
    private final Duration patience;
    private final LongAdder handled = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder dropped = new LongAdder();

    EventDelivery(List<Subscription> subscriptions) {
        this(subscriptions, PATIENCE);
    }

    /** @param patience how long one event may take */
    EventDelivery(List<Subscription> subscriptions, Duration patience) {
        this.patience = patience;
        subscriptions.forEach(subscription -> desks.add(new Desk(subscription)));
        desks.forEach(desk -> threads.execute(desk::take));
    }

    /** Queues an event for the subscription of that number; never waits. */
    void deliver(int subscription, DomainEvent event) {
        if (subscription >= 0 && subscription < desks.size()) {
            desks.get(subscription).offer(event);
        }
    }

    SubscriberStatistics statistics() {
        return new SubscriberStatistics(desks.size(), handled.sum(), failed.sum(), dropped.sum());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** One subscriber's. */
    private final class Desk {
        private final String pattern;
        private final EventSubscriber subscriber;
        private final LinkedBlockingDeque<DomainEvent> waiting = new LinkedBlockingDeque<>(WAITING_MAX);

        Desk(Subscription subscription) {
            this.pattern = subscription.pattern();
            this.subscriber = subscription.subscriber();
        }

        void offer(DomainEvent event) {
            while (!waiting.offerLast(event)) {
                DomainEvent oldest = waiting.pollFirst();
                if (oldest != null) {
                    dropped.increment();
                    LOG.warn("subscriber of {} is too slow: event {} dropped", pattern, oldest.eventId());
                }
            }
        }

        void take() {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    handle(waiting.takeFirst());
                }
            } catch (InterruptedException e) {
                LOG.debug("subscription {} ended", pattern);
            }
        }

        private void handle(DomainEvent event) throws InterruptedException {
            Future<?> handling = threads.submit(() -> {
                if (subscriber.beforeHandle(event)) {
                    subscriber.handle(event);
                    subscriber.afterHandle(event);
                }
                return null;
            });
            try {
                handling.get(patience.toNanos(), TimeUnit.NANOSECONDS);
                handled.increment();
            } catch (ExecutionException e) {
                failed(event, e.getCause() == null ? e : e.getCause());
            } catch (TimeoutException e) {
                handling.cancel(true);
                failed(event, e);
            }
        }

        private void failed(DomainEvent event, Throwable failure) {
            failed.increment();
            LOG.warn("subscriber of {} failed on event {} {}", pattern, event.eventName(), event.eventId(), failure);
            try {
                subscriber.onHandleError(event, failure);
            } catch (RuntimeException e) {
                LOG.warn("subscriber of {} failed to hear of its failure", pattern, e);
            }
        }
    }
}
