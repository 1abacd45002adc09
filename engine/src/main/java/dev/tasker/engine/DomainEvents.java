package dev.tasker.engine;

import dev.tasker.engine.internal.domainevent.EventBus;
import dev.tasker.engine.internal.domainevent.EventCounters;
import dev.tasker.engine.internal.domainevent.EventOutbox;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Domain events from the side of those who hear them (04 §6.5, §6.6): durable ones are read by consumers and stay until their retention is
 * over, fast ones are told to subscribers of this process, broadcast ones both. Thread-safe.
 */
public final class DomainEvents {
    private static final int LIMIT_MAX = 10_000;
    private static final Pattern CURSOR = Pattern.compile("\\d{1,18}-\\d{1,18}");

    private final EventOutbox outbox;
    private final EventBus bus;
    private final EventCounters counters;

    DomainEvents(EventOutbox outbox, EventBus bus, EventCounters counters) {
        this.outbox = outbox;
        this.bus = bus;
        this.counters = counters;
    }

    /**
     * Reads the next durable events of a namespace for a consumer, whom a first reading makes known. Consumers are independent of one
     * another; of several readers for one consumer only one has its turn at a time. At least once: what is not acknowledged comes
     * again.
     *
     * @param limit most events, 1 to 10 000
     * @param hidden how long the turn lasts without an acknowledgement
     * @return nothing when there is nothing, or when it is another reader's turn
     */
    public DomainEventBatch read(String namespace, String consumer, int limit, Duration hidden) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new EngineException(
                    ErrorCode.INVALID_REQUEST, "limit: " + limit + " (expected: 1 to " + LIMIT_MAX + ")");
        }
        if (!hidden.isPositive()) {
            throw new EngineException(ErrorCode.INVALID_REQUEST, "hidden: " + hidden + " (expected: more than zero)");
        }
        return outbox.read(namespace, consumer, limit, hidden);
    }

    /**
     * Durable events of a namespace after a place, for those who keep their place themselves. An event comes only when nothing can appear
     * before it any more.
     *
     * @param cursor of the entry before; null: from the oldest there is
     * @param limit most events, 1 to 10 000
     */
    public List<DomainEventBatch.Entry> after(String namespace, @Nullable String cursor, int limit) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new EngineException(
                    ErrorCode.INVALID_REQUEST, "limit: " + limit + " (expected: 1 to " + LIMIT_MAX + ")");
        }
        if (cursor != null && !CURSOR.matcher(cursor).matches()) {
            throw new EngineException(ErrorCode.INVALID_REQUEST, "cursor: " + cursor + " (expected: that of an event)");
        }
        return outbox.after(namespace, cursor, limit);
    }

    /** The place from which on only events come that are not there yet. */
    public String end() {
        return outbox.end();
    }

    /**
     * Acknowledges the first {@code count} events of a reading and ends its turn: the rest comes again. False when the turn had ended
     * before, by an acknowledgement or because another reader took over; then nothing changes.
     */
    public boolean acknowledge(DomainEventBatch batch, int count) {
        if (count < 1 || count > batch.entries().size()) {
            throw new EngineException(
                    ErrorCode.INVALID_REQUEST,
                    "count: " + count + " (expected: 1 to " + batch.entries().size() + ")");
        }
        return outbox.acknowledge(
                batch.namespace(),
                batch.consumer(),
                batch.receipt(),
                batch.entries().get(count - 1).cursor());
    }

    /** Acknowledges all events of a reading. */
    public boolean acknowledge(DomainEventBatch batch) {
        return acknowledge(batch, batch.entries().size());
    }

    /**
     * Subscribes to fast and broadcast events.
     *
     * @param pattern an event's name, in which {@code *} stands for exactly one segment and a last {@code **} for one or more; {@code *}
     *     alone is everything
     */
    public DomainEventSubscription subscribe(String pattern, DomainEventSubscriber subscriber) {
        return bus.subscribe(pattern, subscriber);
    }

    public DomainEventStatistics statistics() {
        return counters.snapshot(bus.figures());
    }
}
