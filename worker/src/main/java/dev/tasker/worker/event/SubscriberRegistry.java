package dev.tasker.worker.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who wants to hear which events. Read when a worker starts: what is registered later is not heard. Thread-safe. */
public final class SubscriberRegistry {
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    /** A subscriber and what it wants to hear. */
    public record Subscription(String pattern, EventSubscriber subscriber) {}

    /**
     * Adds a subscriber.
     *
     * @param pattern an event's name, in which {@code *} stands for exactly one segment and a last {@code **} for one or more; {@code *}
     *     alone is everything. The source refuses the session over any other.
     */
    public void register(String pattern, EventSubscriber subscriber) {
        if (pattern.isBlank()) {
            throw new IllegalArgumentException("pattern: '" + pattern + "' (expected: a name or a pattern of names)");
        }
        subscriptions.add(new Subscription(pattern, subscriber));
    }

    /** All of them, in the order of their registration. */
    public List<Subscription> subscriptions() {
        return List.copyOf(subscriptions);
    }
}
