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

/** The kept events, from their readers' side. Two statements for a reading and its acknowledgement. Thread-safe. */
public final class EventOutbox {
    private static final String READ = """
        SELECT receipt, cursor, event_id, event_name, task_uuid, step_uuid, step_state, published_at, message
        FROM   tasker.read_domain_events(?, ?, ?, ? * interval '1 ms')
        """;
    private static final String ACKNOWLEDGE = "SELECT tasker.acknowledge_domain_events(?, ?, ?, ?)";
    private static final String TRIM = "SELECT tasker.trim_domain_events(? * interval '1 s', ?)";
    private static final int TRIM_MAX = 1_000;

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
