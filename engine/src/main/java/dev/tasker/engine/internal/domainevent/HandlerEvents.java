package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.EventPublication;
import dev.tasker.engine.HandlerEvent;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.step.StepKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what running handlers tell of (04 §9.6): one statement, which keeps durable events and says whether the lease lives, and then
 * the bus. A step whose lease is not this node's costs a read more. Thread-safe.
 */
public final class HandlerEvents {
    private static final String CALL =
            "SELECT event_id, fresh FROM tasker.publish_domain_events(?, ?, ?, ?, ?, ?, ?) ORDER BY number";

    private final Database database;
    private final OutcomeReader reader;
    private final EventMaker maker;
    private final PublishedEvents published;

    public HandlerEvents(Database database, OutcomeReader reader, EventMaker maker, PublishedEvents published) {
        this.database = database;
        this.reader = reader;
        this.maker = maker;
        this.published = published;
    }

    /**
     * Publishes on a thread of {@code executor}; one answer for each event, in their order. The answer fails when the database cannot be
     * asked now: then ask again.
     *
     * @param held the lease, null: not one of this node
     */
    public CompletableFuture<List<EventPublication>> publish(
            StepKey step, @Nullable Held held, int token, List<HandlerEvent> events, Executor executor) {
        CompletableFuture<List<EventPublication>> answer = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                try {
                    answer.complete(publish(step, held, token, events));
                } catch (EngineException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new EngineException(ErrorCode.CLOSED, "the engine is closed", e));
        }
        return answer;
    }

    private List<EventPublication> publish(StepKey step, @Nullable Held held, int token, List<HandlerEvent> events) {
        StepOutcome attempt = held == null || held.token() != token ? null : StepOutcome.ofHeld(step, held);
        if (attempt == null) {
            attempt = database.call(connection -> reader.read(connection, step));
        }
        Map<UUID, EventPublication> outcomes = new LinkedHashMap<>();
        List<EventCandidate> made = new ArrayList<>();
        for (HandlerEvent event : events) {
            try {
                if (attempt == null) {
                    throw new IllegalArgumentException("the step does not exist");
                }
                made.add(maker.ofHandler(attempt, event));
                outcomes.put(event.eventId(), new EventPublication(event.eventId(), Completion.STALE_LEASE, ""));
            } catch (RuntimeException e) { // payloads are user data
                outcomes.put(
                        event.eventId(),
                        new EventPublication(event.eventId(), Completion.INVALID, String.valueOf(e.getMessage())));
            }
        }
        if (attempt != null && !made.isEmpty()) {
            tell(keep(attempt, token, made), made, outcomes);
        }
        return events.stream().map(event -> outcomes.get(event.eventId())).toList();
    }

    /** Which events are new, by id; empty when the lease is over. */
    private Map<UUID, Boolean> keep(StepOutcome attempt, int token, List<EventCandidate> made) {
        return database.call(connection -> {
            try (PreparedStatement call = connection.prepareStatement(CALL)) {
                call.setObject(1, attempt.step().task());
                call.setInt(2, attempt.step().index());
                call.setInt(3, token);
                call.setString(4, attempt.template().plan().template().namespace());
                call.setArray(
                        5,
                        array(
                                connection,
                                "uuid",
                                made.stream()
                                        .map(each -> each.event().eventId())
                                        .toArray()));
                call.setArray(
                        6,
                        array(
                                connection,
                                "text",
                                made.stream()
                                        .map(each -> each.event().eventName())
                                        .toArray()));
                call.setArray(
                        7,
                        array(
                                connection,
                                "text",
                                made.stream().map(EventCandidate::kept).toArray()));
                ResultSet rows = call.executeQuery();
                Map<UUID, Boolean> fresh = new HashMap<>();
                while (rows.next()) {
                    fresh.put(rows.getObject(1, UUID.class), rows.getBoolean(2));
                }
                return fresh;
            }
        });
    }

    private static java.sql.Array array(Connection connection, String type, @Nullable Object[] values)
            throws SQLException {
        return connection.createArrayOf(type, values);
    }

    private void tell(Map<UUID, Boolean> fresh, List<EventCandidate> made, Map<UUID, EventPublication> outcomes) {
        for (EventCandidate candidate : made) {
            UUID id = candidate.event().eventId();
            Boolean isFresh = fresh.get(id);
            if (isFresh == null) {
                continue;
            }
            outcomes.put(id, new EventPublication(id, isFresh ? Completion.ACCEPTED : Completion.DUPLICATE, ""));
            if (isFresh) {
                published.published(candidate);
            }
        }
    }
}
