package dev.tasker.engine.internal.task;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.ExecutionStatus;
import dev.tasker.engine.TaskFilter;
import dev.tasker.engine.TaskOrder;
import dev.tasker.engine.TaskPage;
import dev.tasker.engine.TaskSearch;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskSummary;
import dev.tasker.engine.TaskView;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.SqlFailure;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads many tasks at once: pages of lists, derived statuses, summaries. A page is two statements in one snapshot. Thread-safe. */
public final class TaskLister {
    private static final String LIST = """
        SELECT tasks, total, is_exact, next
        FROM   tasker.list_tasks(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    /** What a search may take; other lists are bounded by the rows they read. */
    private static final String SEARCH_TIME = "SET LOCAL statement_timeout = '5s'";

    private static final String VIEWS = """
        SELECT task.task_uuid, named.namespace_name, named.task_name, named.version, task.state, task.created_at, task.updated_at,
               task.entered_at, request.context, request.initiator, request.source_system, request.reason, request.priority,
               request.tags, request.correlation_id, request.parent_correlation_id, context.total_steps, context.pending_steps,
               context.in_progress_steps, context.completed_steps, context.failed_steps, context.ready_steps, context.enqueued_steps
        FROM   unnest(?) WITH ORDINALITY AS asked(task_uuid, position)
               JOIN tasker.get_task_execution_contexts_batch(?) AS context ON context.task_uuid = asked.task_uuid
               JOIN tasker.tasks AS task ON task.task_uuid = asked.task_uuid
               JOIN tasker.task_requests AS request ON request.task_uuid = asked.task_uuid
               JOIN tasker.template_names AS named ON named.template_id = task.template_id
        ORDER  BY asked.position
        """;

    private static final String CONTEXTS = """
        SELECT task_uuid, total_steps, pending_steps, in_progress_steps, completed_steps, failed_steps, ready_steps, enqueued_steps
        FROM   tasker.get_task_execution_contexts_batch(?)
        """;

    private static final String SUMMARIES = "SELECT * FROM tasker.get_task_summaries(?)";

    private final Database database;

    public TaskLister(Database database) {
        this.database = database;
    }

    public TaskPage list(TaskFilter filter, TaskPage.Request page) {
        return database.snapshot(connection -> {
            if (filter.search().isNothing()) {
                return page(connection, filter, page);
            }
            try (Statement limit = connection.createStatement()) {
                limit.execute(SEARCH_TIME);
                return page(connection, filter, page);
            } catch (SQLException e) {
                if (SqlFailure.of(e) == SqlFailure.REPEAT) { // nothing else interrupts a read of one snapshot
                    throw tooLong(e);
                }
                throw e;
            }
        });
    }

    private static EngineException tooLong(SQLException cause) {
        return new EngineException(
                ErrorCode.INVALID_REQUEST,
                "search: took more than 5 s (expected: fewer tasks to look through, by namespace, name, state or time)",
                cause);
    }

    private static TaskPage page(Connection connection, TaskFilter filter, TaskPage.Request page) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement(LIST)) {
            call.setString(1, filter.namespace());
            call.setString(2, filter.name());
            call.setString(3, filter.version());
            call.setArray(4, filter.states().isEmpty() ? null : codes(connection, filter));
            call.setObject(5, uuidAt(filter.createdFrom()));
            call.setObject(6, uuidAt(filter.createdUntil()));
            TaskFilter.Requested request = filter.request();
            call.setString(7, request.initiator());
            call.setString(8, request.sourceSystem());
            call.setArray(9, texts(connection, request.tags()));
            call.setObject(10, page.after());
            call.setInt(11, page.offset());
            call.setInt(12, page.limit());
            call.setInt(13, TaskFilter.EXAMINED);
            call.setString(14, sort(page.order()));
            call.setBoolean(15, page.order().ascending());
            call.setObject(16, request.correlationId());
            call.setObject(17, request.parentCorrelationId());
            call.setObject(18, request.priorityMin(), Types.INTEGER);
            call.setObject(19, request.priorityMax(), Types.INTEGER);
            call.setObject(20, time(filter.updatedFrom()));
            call.setObject(21, time(filter.updatedUntil()));
            TaskSearch search = filter.search();
            call.setArray(22, texts(connection, search.words()));
            call.setArray(
                    23,
                    texts(
                            connection,
                            search.context().stream().map(TaskSearch.At::path).toList()));
            call.setArray(
                    24,
                    texts(
                            connection,
                            search.context().stream().map(TaskSearch.At::value).toList()));
            call.setLong(25, TaskFilter.EXAMINED_BYTES);
            ResultSet row = call.executeQuery();
            row.next();
            long total = row.getLong(2);
            OptionalLong known = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(total);
            return new TaskPage(
                    views(connection, row.getArray(1)), known, row.getBoolean(3), row.getObject(4, UUID.class));
        }
    }

    /** The derived statuses of those tasks that exist (01 §3.3). */
    public Map<UUID, ExecutionStatus> contexts(Collection<UUID> tasks) {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(CONTEXTS)) {
                select.setArray(1, connection.createArrayOf("uuid", tasks.toArray()));
                ResultSet row = select.executeQuery();
                Map<UUID, ExecutionStatus> contexts = new LinkedHashMap<>();
                while (row.next()) {
                    contexts.put(row.getObject(1, UUID.class), status(row, 2));
                }
                return contexts;
            }
        });
    }

    /** Summaries of those tasks that exist, by uuid. */
    public List<TaskSummary> summaries(Collection<UUID> tasks) {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(SUMMARIES)) {
                select.setArray(1, connection.createArrayOf("uuid", tasks.toArray()));
                ResultSet row = select.executeQuery();
                List<TaskSummary> summaries = new ArrayList<>();
                while (row.next()) {
                    OffsetDateTime completed = row.getObject("completed_at", OffsetDateTime.class);
                    summaries.add(new TaskSummary(
                            row.getObject("task_uuid", UUID.class),
                            row.getObject("named_task_uuid", UUID.class),
                            row.getString("task_name"),
                            row.getString("task_version"),
                            row.getString("namespace_name"),
                            row.getString("task_status"),
                            row.getObject("created_at", OffsetDateTime.class).toInstant(),
                            row.getObject("updated_at", OffsetDateTime.class).toInstant(),
                            completed == null ? null : completed.toInstant(),
                            row.getString("initiator"),
                            row.getString("source_system"),
                            row.getString("reason"),
                            row.getObject("correlation_id", UUID.class),
                            row.getString("template_configuration"),
                            row.getString("step_summaries"),
                            row.getString("execution_context"),
                            row.getString("dlq_status")));
                }
                return summaries;
            }
        });
    }

    private static List<TaskView> views(Connection connection, Array tasks) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(VIEWS)) {
            select.setArray(1, tasks);
            select.setArray(2, tasks);
            ResultSet row = select.executeQuery();
            List<TaskView> views = new ArrayList<>();
            while (row.next()) {
                TaskState state = TaskState.ofCode(row.getInt(5));
                views.add(new TaskView(
                        row.getObject(1, UUID.class),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        state,
                        row.getObject(6, OffsetDateTime.class).toInstant(),
                        row.getObject(7, OffsetDateTime.class).toInstant(),
                        state == TaskState.COMPLETE
                                ? row.getObject(8, OffsetDateTime.class).toInstant()
                                : null,
                        row.getString(9),
                        row.getString(10),
                        row.getString(11),
                        row.getString(12),
                        row.getInt(13),
                        row.getString(14),
                        row.getObject(15, UUID.class),
                        row.getObject(16, UUID.class),
                        status(row, 17),
                        List.of()));
            }
            return views;
        }
    }

    private static ExecutionStatus status(ResultSet row, int column) throws SQLException {
        return ExecutionStatus.of(
                row.getLong(column),
                row.getLong(column + 1),
                row.getLong(column + 2),
                row.getLong(column + 3),
                row.getLong(column + 4),
                row.getLong(column + 5),
                row.getLong(column + 6));
    }

    private static Array codes(Connection connection, TaskFilter filter) throws SQLException {
        return connection.createArrayOf(
                "integer", filter.states().stream().map(TaskState::ordinal).toArray());
    }

    /** Null when there are none. */
    private static @Nullable Array texts(Connection connection, List<String> texts) throws SQLException {
        return texts.isEmpty() ? null : connection.createArrayOf("text", texts.toArray());
    }

    /** Null for the order that indexes have. */
    private static @Nullable String sort(TaskOrder order) {
        return order.equals(TaskOrder.NEWEST_FIRST) ? null : order.by().name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant at) {
        return at == null ? null : at.atOffset(ZoneOffset.UTC);
    }

    /** The first uuid of a moment, as {@code uuid_at} makes it. */
    private static @Nullable UUID uuidAt(@Nullable Instant at) {
        return at == null ? null : new UUID(Math.max(at.toEpochMilli(), 0) << 16, 0);
    }
}
