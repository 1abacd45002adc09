package dev.tasker.server.gateway;

import dev.tasker.engine.DomainEvent;
import dev.tasker.engine.DomainEventSubscription;
import dev.tasker.protocol.worker.v1.Event;
import dev.tasker.protocol.worker.v1.Subscription;
import dev.tasker.server.security.Namespaces;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The events one worker hears: those its patterns match, of the namespaces of its credential. Thread-safe. */
final class EventFeed implements AutoCloseable {
    private final SessionFactory sessions;
    private final Namespaces namespaces;
    private final Consumer<Event> worker;
    private final List<DomainEventSubscription> subscriptions = new CopyOnWriteArrayList<>();

    /** @param worker takes an event at once, or drops it */
    EventFeed(SessionFactory sessions, Namespaces namespaces, Consumer<Event> worker) {
        this.sessions = sessions;
        this.namespaces = namespaces;
        this.worker = worker;
    }

    /** Begins to listen; fails with the engine's refusal of a pattern. */
    void open(List<Subscription> wanted) {
        for (Subscription one : wanted) {
            subscriptions.add(sessions.subscribe(one.getPattern(), event -> tell(one.getId(), event)));
        }
    }

    private void tell(int subscription, DomainEvent event) {
        if (namespaces.covers(event.namespace())) {
            worker.accept(Event.newBuilder()
                    .setSubscriptionId(subscription)
                    .setEventJson(event.message())
                    .build());
        }
    }

    @Override
    public void close() {
        subscriptions.forEach(DomainEventSubscription::close);
    }
}
