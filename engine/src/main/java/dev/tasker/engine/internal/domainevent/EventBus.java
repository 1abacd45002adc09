package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.DomainEvent;
import dev.tasker.engine.DomainEventConfig;
import dev.tasker.engine.DomainEventStatistics.Bus;
import dev.tasker.engine.DomainEventSubscriber;
import dev.tasker.engine.DomainEventSubscription;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * Tells events to the subscribers of this process (04 §6.6). Handing an event over never waits: each subscriber has a queue and a thread of
 * its own. Thread-safe.
 */
public final class EventBus implements AutoCloseable {
    private final DomainEventConfig config;
    private final CopyOnWriteArrayList<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final LongAdder dispatched = new LongAdder();
    private final LongAdder handed = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private volatile boolean closed;

    public EventBus(DomainEventConfig config) {
        this.config = config;
    }

    public DomainEventSubscription subscribe(String pattern, DomainEventSubscriber subscriber) {
        Subscription subscription = new Subscription(
                EventPattern.of(pattern), subscriber, config, new Subscription.Totals(errors, dropped));
        subscription.whenClosed(() -> subscriptions.remove(subscription));
        subscriptions.add(subscription);
        subscription.start();
        if (closed) {
            subscription.close();
        }
        return subscription;
    }

    /** Hands the event to everybody who wants it. */
    public void tell(DomainEvent event) {
        dispatched.increment();
        for (Subscription subscription : subscriptions) {
            if (subscription.wants(event.eventName())) {
                handed.increment();
                subscription.offer(event);
            }
        }
    }

    public Bus figures() {
        return new Bus(
                dispatched.sum(),
                handed.sum(),
                errors.sum(),
                dropped.sum(),
                (int) subscriptions.stream()
                        .map(Subscription::pattern)
                        .distinct()
                        .count(),
                subscriptions.size());
    }

    @Override
    public void close() {
        closed = true;
        subscriptions.forEach(Subscription::close);
    }
}
