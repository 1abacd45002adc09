package dev.tasker.engine.internal.recovery;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.DeadLetter;
import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.DeadLetterStatistics;
import dev.tasker.engine.DeadLetterUpdate;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.Investigation;
import dev.tasker.engine.ResolutionStatus;
import dev.tasker.engine.StalenessConfig;
import dev.tasker.engine.TaskStaleness;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.SqlArrays;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The dead-letter queue as tables keep it. One statement per call. Thread-safe. */
public final class DeadLetterStore {
    private static final String COLUMNS = """
        SELECT dlq_entry_uuid, task_uuid, original_state, dlq_reason, dlq_timestamp, resolution_status, resolution_timestamp,
               resolution_notes, resolved_by, task_snapshot, metadata, created_at, updated_at
        """;
    private static final String LIST = COLUMNS + """
        FROM   tasker.tasks_dlq WHERE resolution_status = coalesce(?, resolution_status)
        ORDER  BY dlq_timestamp DESC, dlq_entry_uuid DESC LIMIT ? OFFSET ?
        """;
    private static final String NEWEST = COLUMNS + """
        FROM   tasker.tasks_dlq WHERE task_uuid = ? ORDER BY created_at DESC, dlq_entry_uuid DESC LIMIT 1
        """;
    private static final String UPDATE =
            "SELECT edited, status, reason, hours FROM tasker.update_dead_letter(?, ?, ?, ?, ?)";
    private static final String STATISTICS = """
        SELECT dlq_reason, total_entries, pending, manually_resolved, permanent_failures, cancelled, oldest_entry, newest_entry,
               avg_resolution_time_minutes
        FROM   tasker.v_dlq_dashboard ORDER BY dlq_reason
        """;
    private static final String PENDING = """
        SELECT dlq_reason, count(*) FROM tasker.tasks_dlq WHERE resolution_status = 'pending' GROUP BY dlq_reason
        """; // by the index of open entries
    private static final String QUEUE = """
        SELECT dlq_entry_uuid, task_uuid, original_state, dlq_reason, dlq_timestamp, minutes_in_dlq, namespace_name, task_name,
               current_state, time_in_state_minutes, priority_score
        FROM   tasker.v_dlq_investigation_queue LIMIT ?
        """;
    private static final String STALENESS = """
        SELECT task_uuid, namespace_name, task_name, current_state, time_in_state_minutes, task_age_minutes,
               staleness_threshold_minutes, health_status, priority
        FROM   tasker.monitored_staleness(?, ?, ?, ?)
        """;
    private static final String ENTER = """
        SELECT dlq_entry_uuid, state
        FROM   tasker.dead_letter_tasks(?, ?, '{null}', '{null}', '{0}', '{true}', '{false}', ?)
        """;

    private final Database database;
    private final StalenessConfig config;
    private final StalenessCounters counters;

    public DeadLetterStore(Database database, StalenessConfig config, StalenessCounters counters) {
        this.database = database;
        this.config = config;
        this.counters = counters;
    }

    public List<DeadLetter> list(@Nullable ResolutionStatus status, int limit, long offset) {
        return database.call(connection -> {
            try (PreparedStatement query = connection.prepareStatement(LIST)) {
                query.setString(1, status == null ? null : status.text());
                query.setInt(2, limit);
                query.setLong(3, offset);
                return letters(query.executeQuery());
            }
        });
    }

    public Optional<DeadLetter> newest(UUID task) {
        return database.call(connection -> {
            try (PreparedStatement query = connection.prepareStatement(NEWEST)) {
                query.setObject(1, task);
                return letters(query.executeQuery()).stream().findFirst();
            }
        });
    }

    /** Edits an entry whose new values were checked. */
    public ActionOutcome update(UUID entry, DeadLetterUpdate update) {
        return database.call(connection -> {
            try (PreparedStatement call = connection.prepareStatement(UPDATE)) {
                ResolutionStatus status = update.status();
                call.setObject(1, entry);
                call.setString(2, status == null ? null : status.text());
                call.setString(3, update.notes());
                call.setString(4, update.resolvedBy());
                call.setString(5, update.metadata());
                ResultSet row = call.executeQuery();
                if (!row.next()) {
                    return new ActionOutcome.NotFound("DLQ entry not found: " + entry);
                }
                if (!row.getBoolean(1)) {
                    return new ActionOutcome.Refused(
                            ErrorCode.Kind.CONFLICT,
                            "Cannot change the resolution of a closed DLQ entry from " + row.getString(2) + " to "
                                    + (status == null ? "" : status.text()));
                }
                double hours = row.getDouble(4);
                if (!row.wasNull() && status != null) {
                    counters.closed(status, row.getString(3), hours);
                }
                return new ActionOutcome.Done();
            }
        });
    }

    public List<DeadLetterStatistics> statistics() {
        return database.call(connection -> {
            try (PreparedStatement query = connection.prepareStatement(STATISTICS)) {
                ResultSet rows = query.executeQuery();
                List<DeadLetterStatistics> statistics = new ArrayList<>();
                while (rows.next()) {
                    statistics.add(new DeadLetterStatistics(
                            reason(rows, 1),
                            rows.getLong(2),
                            rows.getLong(3),
                            rows.getLong(4),
                            rows.getLong(5),
                            rows.getLong(6),
                            instant(rows, 7),
                            instant(rows, 8),
                            rows.getObject(9, Double.class)));
                }
                return statistics;
            }
        });
    }

    /** Open entries of every reason, those without any included. */
    public Map<DeadLetterReason, Long> pending() {
        return database.call(connection -> {
            try (PreparedStatement query = connection.prepareStatement(PENDING)) {
                ResultSet rows = query.executeQuery();
                Map<DeadLetterReason, Long> pending = new EnumMap<>(DeadLetterReason.class);
                for (DeadLetterReason reason : DeadLetterReason.values()) {
                    pending.put(reason, 0L);
                }
                while (rows.next()) {
                    pending.put(reason(rows, 1), rows.getLong(2));
                }
                return pending;
            }
        });
    }

    public List<Investigation> queue(int limit) {
        return database.call(connection -> {
            try (PreparedStatement query = connection.prepareStatement(QUEUE)) {
                query.setInt(1, limit);
                ResultSet rows = query.executeQuery();
                List<Investigation> queue = new ArrayList<>();
                while (rows.next()) {
                    queue.add(new Investigation(
                            rows.getObject(1, UUID.class),
                            rows.getObject(2, UUID.class),
                            state(rows, 3),
                            reason(rows, 4),
                            instant(rows, 5),
                            rows.getDouble(6),
                            rows.getString(7),
                            rows.getString(8),
                            state(rows, 9),
                            rows.getInt(10),
                            rows.getDouble(11)));
                }
                return queue;
            }
        });
    }

    public List<TaskStaleness> staleness(int limit) {
        return database.call(connection -> {
            try (PreparedStatement query = connection.prepareStatement(STALENESS)) {
                query.setInt(1, (int) config.waitingForDependencies().toMinutes());
                query.setInt(2, (int) config.waitingForRetry().toMinutes());
                query.setInt(3, (int) config.stepsInProcess().toMinutes());
                query.setLong(4, limit);
                ResultSet rows = query.executeQuery();
                List<TaskStaleness> tasks = new ArrayList<>();
                while (rows.next()) {
                    tasks.add(new TaskStaleness(
                            rows.getObject(1, UUID.class),
                            rows.getString(2),
                            rows.getString(3),
                            state(rows, 4),
                            rows.getInt(5),
                            rows.getInt(6),
                            rows.getInt(7),
                            TaskStaleness.Health.valueOf(rows.getString(8).toUpperCase(Locale.ROOT)),
                            rows.getInt(9)));
                }
                return tasks;
            }
        });
    }

    /** Enters a task by hand, or for a reason found elsewhere; the task stays where it is. */
    public ActionOutcome enter(UUID task, DeadLetterReason reason, String metadata) {
        return database.call(connection -> {
            try (PreparedStatement call = connection.prepareStatement(ENTER)) {
                SqlArrays.setUuids(call, 1, List.of(task));
                SqlArrays.setTexts(call, 2, List.of(reason.text()));
                SqlArrays.setTexts(call, 3, List.of(metadata));
                ResultSet row = call.executeQuery();
                if (!row.next()) {
                    return new ActionOutcome.NotFound("Resource not found");
                }
                if (row.getObject(1, UUID.class) == null) {
                    return new ActionOutcome.Refused(ErrorCode.Kind.CONFLICT, "Task has a pending DLQ entry already");
                }
                counters.entered(reason, TaskState.ofCode(row.getInt(2)));
                return new ActionOutcome.Done();
            }
        });
    }

    private static List<DeadLetter> letters(ResultSet rows) throws SQLException {
        List<DeadLetter> letters = new ArrayList<>();
        while (rows.next()) {
            OffsetDateTime resolved = rows.getObject(7, OffsetDateTime.class);
            letters.add(new DeadLetter(
                    rows.getObject(1, UUID.class),
                    rows.getObject(2, UUID.class),
                    state(rows, 3),
                    reason(rows, 4),
                    instant(rows, 5),
                    ResolutionStatus.valueOf(rows.getString(6).toUpperCase(Locale.ROOT)),
                    resolved == null ? null : resolved.toInstant(),
                    rows.getString(8),
                    rows.getString(9),
                    rows.getString(10),
                    rows.getString(11),
                    instant(rows, 12),
                    instant(rows, 13)));
        }
        return letters;
    }

    private static TaskState state(ResultSet row, int column) throws SQLException {
        return TaskState.valueOf(row.getString(column).toUpperCase(Locale.ROOT));
    }

    private static DeadLetterReason reason(ResultSet row, int column) throws SQLException {
        return DeadLetterReason.valueOf(row.getString(column).toUpperCase(Locale.ROOT));
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
