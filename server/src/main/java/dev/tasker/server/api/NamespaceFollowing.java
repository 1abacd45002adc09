package dev.tasker.server.api;

import dev.tasker.engine.DomainEventBatch;
import dev.tasker.engine.Engine;
import dev.tasker.engine.TaskChangeBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows a namespace (03 §6.2): changes of its tasks and its durable domain events, in the order of the transactions that made them, the
 * events of a transaction before its changes. A place is that of the last event told, as in {@link DomainEventBatch.Entry#cursor}, or that
 * behind everything of a transaction. Thread-safe.
 */
public final class NamespaceFollowing {
    /** Before everything there is. */
    public static final String BEGINNING = "0-0";

    private static final Pattern PLACE = Pattern.compile("\\d{1,18}-\\d{1,18}");
    private static final int EVENTS = 500;
    private static final int CHANGES = 1_000;

    /** Behind every event of a transaction, and its changes. */
    private static final String END = "-999999999999999999";

    private final Engine engine;

    public NamespaceFollowing(Engine engine) {
        this.engine = engine;
    }

    /** What is told. */
    public sealed interface Told {}

    /** A durable domain event; its cursor is its place. */
    public record Event(DomainEventBatch.Entry entry) implements Told {}

    /**
     * A task entered another state.
     *
     * @param place null when other changes of the same transaction follow
     */
    public record Change(
            TaskChangeBatch.Entry entry, @Nullable String place) implements Told {}

    /**
     * One look.
     *
     * @param place where the next look begins
     * @param more whether there is more to tell at once
     */
    public record Look(List<Told> told, String place, boolean more) {
        public Look {
            told = List.copyOf(told);
        }
    }

    /** The place behind which only comes what is not there yet. */
    public String end() {
        return engine.domainEvents().end();
    }

    /** What comes after a place. Fails with {@link RefusedOperationException} for what is no place. */
    public Look after(String namespace, String place) {
        if (!PLACE.matcher(place).matches()) {
            throw new RefusedOperationException(
                    Fault.INVALID, "Last-Event-ID: " + place + " (expected: the id of an event)");
        }
        long transaction = transaction(place);
        TaskChangeBatch changes =
                engine.changesOf(namespace, place.endsWith(END) ? transaction : transaction - 1, CHANGES);
        if (changes.upTo() < transaction) {
            return new Look(List.of(), place, false);
        }
        // read after the changes: what can be read up to there, now can
        List<DomainEventBatch.Entry> read = engine.domainEvents().after(namespace, place, EVENTS);
        List<DomainEventBatch.Entry> events = read.stream()
                .filter(event -> transaction(event.cursor()) <= changes.upTo())
                .toList();
        boolean isCut = events.size() == EVENTS; // others of the last one's transaction may follow
        long upTo = isCut ? transaction(events.getLast().cursor()) - 1 : changes.upTo();
        List<Told> told = merged(
                events,
                changes.entries().stream()
                        .filter(change -> change.transaction() <= upTo)
                        .toList());
        return new Look(told, isCut ? events.getLast().cursor() : upTo + END, isCut || changes.isCut());
    }

    private static List<Told> merged(List<DomainEventBatch.Entry> events, List<TaskChangeBatch.Entry> changes) {
        List<Told> told = new ArrayList<>(events.size() + changes.size());
        int next = 0;
        for (int i = 0; i < changes.size(); i++) {
            long transaction = changes.get(i).transaction();
            while (next < events.size() && transaction(events.get(next).cursor()) <= transaction) {
                told.add(new Event(events.get(next++)));
            }
            boolean isLast = i == changes.size() - 1 || changes.get(i + 1).transaction() > transaction;
            told.add(new Change(changes.get(i), isLast ? transaction + END : null));
        }
        while (next < events.size()) {
            told.add(new Event(events.get(next++)));
        }
        return told;
    }

    private static long transaction(String place) {
        return Long.parseLong(place.substring(0, place.indexOf('-')));
    }
}
