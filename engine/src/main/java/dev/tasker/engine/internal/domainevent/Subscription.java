package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.DomainEvent;
import dev.tasker.engine.DomainEventConfig;
import dev.tasker.engine.DomainEventSubscriber;
import dev.tasker.engine.DomainEventSubscription;
import java.time.Duration;
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
 * A subscriber with its queue. One thread takes events and has each handled on a thread of its own, for which it waits as long as an event
 * may take; a handler that does not heed its interruption is left behind.
 */
final class Subscription implements DomainEventSubscription {
    private static final Logger log = LoggerFactory.getLogger(Subscription.class);

    private final EventPattern pattern;
    private final DomainEventSubscriber subscriber;
    private final Duration timeout;
    private final LinkedBlockingDeque<DomainEvent> queue;
    private final Totals totals;
    private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread taker;
    private final LongAdder handled = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder timeouts = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private Runnable closing = () -> {};

    /** Counters that all subscriptions share. */
    record Totals(LongAdder errors, LongAdder dropped) {}

    Subscription(EventPattern pattern, DomainEventSubscriber subscriber, DomainEventConfig config, Totals totals) {
        this.pattern = pattern;
        this.subscriber = subscriber;
        this.timeout = config.dispatchTimeout();
        this.queue = new LinkedBlockingDeque<>(config.queueCapacity());
        this.totals = totals;
        this.taker = Thread.ofVirtual().name("tasker-events-" + pattern.text()).unstarted(this::take);
    }

    void whenClosed(Runnable action) {
        closing = action;
    }

    void start() {
        taker.start();
    }

    String pattern() {
        return pattern.text();
    }

    boolean wants(String eventName) {
        return pattern.matches(eventName);
    }

    /** Queues the event; while there is no room the oldest gives way. */
    void offer(DomainEvent event) {
        while (!queue.offerLast(event)) {
            if (queue.pollFirst() != null) {
                dropped.increment();
                totals.dropped().increment();
            }
        }
    }

    private void take() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                deliver(queue.takeFirst());
            }
        } catch (InterruptedException e) {
            log.debug("subscription {} ended", pattern.text());
        }
    }

    private void deliver(DomainEvent event) throws InterruptedException {
        Future<?> handling = handlers.submit(() -> {
            if (subscriber.beforeHandle(event)) {
                subscriber.handle(event);
                subscriber.afterHandle(event);
            }
            return null;
        });
        try {
            handling.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            handled.increment();
        } catch (ExecutionException e) {
            errors.increment();
            failed(event, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            handling.cancel(true);
            timeouts.increment();
            failed(event, e);
        } catch (InterruptedException e) {
            handling.cancel(true);
            throw e;
        }
    }

    private void failed(DomainEvent event, Throwable failure) {
        totals.errors().increment();
        log.warn("subscriber of {} failed on event {} {}", pattern.text(), event.eventName(), event.eventId(), failure);
        try {
            subscriber.onHandleError(event, failure);
        } catch (RuntimeException e) {
            log.warn("subscriber of {} failed to hear of its failure", pattern.text(), e);
        }
    }

    @Override
    public Figures figures() {
        return new Figures(handled.sum(), errors.sum(), timeouts.sum(), dropped.sum(), queue.size());
    }

    @Override
    public void close() {
        closing.run();
        taker.interrupt();
        handlers.shutdownNow();
        queue.clear();
    }
}
