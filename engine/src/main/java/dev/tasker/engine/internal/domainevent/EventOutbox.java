package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.DomainEvent;
import dev.tasker.engine.DomainEventBatch;
import dev.tasker.engine.DomainEventBatch.Entry;
import dev.tasker.engine.StepState;
import dev.tasker.engine.internal.sql.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The kept events, from their readers' side. Two statements for a reading and its acknowledgement. Thread-safe. */
public final class EventOutbox {
    private static final String READ = """
        SELECT receipt, cursor, event_id, event_name, task_uuid, step_uuid, step_state, published_at, message
        FROM   tasker.read_domain_events(?, ?, ?, ? * interval '1 ms')
        """;
    private static final String AFTER = """
        SELECT event.transaction_id || '-' || event.position, event.event_id, event.event_name, event.task_uuid,
               tasker.step_uuid(event.task_uuid, event.step_index), tasker.step_state_name(event.step_state), event.published_at,
               event.message
        FROM   tasker.domain_events AS event
        WHERE  event.namespace = ? AND (event.transaction_id, event.position) > (?::xid8, ?)
        AND    event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
        ORDER  BY event.transaction_id, event.position
        LIMIT  ?
        """;
    private static final String END = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1";
    private static final String ACKNOWLEDGE = "SELECT tasker.acknowledge_domain_events(?, ?, ?, ?)";
    private static final String TRIM = "SELECT tasker.trim_domain_events(? * interval '1 s', ?)";
    private static final int TRIM_MAX = 1_000;

    /** Behind every position of a transaction. */
    private static final String LAST_POSITION = "999999999999999999";

    private final Database database;

    public EventOutbox(Database database) {
        this.database = database;
    }

    public DomainEventBatch read(String namespace, String consumer, int limit, Duration hidden) {
        return database.call(connection -> {
            try (PreparedStatement call = connection.prepareStatement(READ)) {
                call.setString(1, namespace);
                call.setString(2, consumer);
                call.setInt(3, limit);
                call.setLong(4, hidden.toMillis());
                ResultSet rows = call.executeQuery();
                long receipt = 0;
                List<Entry> entries = new ArrayList<>();
                while (rows.next()) {
                    receipt = rows.getLong(1);
                    DomainEvent event = new DomainEvent(
                            rows.getObject(3, UUID.class),
                            rows.getString(4),
                            namespace,
                            rows.getObject(5, UUID.class),
                            rows.getObject(6, UUID.class),
                            rows.getString(9));
                    entries.add(new Entry(
                            rows.getString(2),
                            event,
                            StepState.valueOf(rows.getString(7).toUpperCase(Locale.ROOT)),
                            rows.getObject(8, OffsetDateTime.class).toInstant()));
                }
                return new DomainEventBatch(namespace, consumer, receipt, entries);
            }
        });
    }

    /** Events after the place that a cursor names, null: from the oldest on. */
    public List<Entry> after(String namespace, @Nullable String cursor, int limit) {
        String[] place = (cursor == null ? "0-0" : cursor).split("-", 2);
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(AFTER)) {
                select.setString(1, namespace);
                select.setString(2, place[0]);
                select.setLong(3, Long.parseLong(place[1]));
                select.setInt(4, limit);
                ResultSet rows = select.executeQuery();
                List<Entry> entries = new ArrayList<>();
                while (rows.next()) {
                    DomainEvent event = new DomainEvent(
                            rows.getObject(2, UUID.class),
                            rows.getString(3),
                            namespace,
                            rows.getObject(4, UUID.class),
                            rows.getObject(5, UUID.class),
                            rows.getString(8));
                    entries.add(new Entry(
                            rows.getString(1),
                            event,
                            StepState.valueOf(rows.getString(6).toUpperCase(Locale.ROOT)),
                            rows.getObject(7, OffsetDateTime.class).toInstant()));
                }
                return entries;
            }
        });
    }

    /** The place behind every event that can be read now. */
    public String end() {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(END)) {
                ResultSet row = select.executeQuery();
                row.next();
                return row.getLong(1) + "-" + LAST_POSITION;
            }
        });
    }

    public boolean acknowledge(String namespace, String consumer, long receipt, String cursor) {
        return database.call(connection -> {
            try (PreparedStatement call = connection.prepareStatement(ACKNOWLEDGE)) {
                call.setString(1, namespace);
                call.setString(2, consumer);
                call.setLong(3, receipt);
                call.setString(4, cursor);
                ResultSet row = call.executeQuery();
                return row.next() && row.getBoolean(1);
            }
        });
    }

    /** Removes what is older than {@code retention}, a thousand events of each namespace per call. */
    public void trim(Duration retention) {
        long removed;
        do {
            removed = database.call(connection -> {
                try (PreparedStatement call = connection.prepareStatement(TRIM)) {
                    call.setLong(1, retention.toSeconds());
                    call.setInt(2, TRIM_MAX);
                    ResultSet row = call.executeQuery();
                    return row.next() ? row.getLong(1) : 0L;
                }
            });
        } while (removed > 0);
    }
}
