package dev.tasker.engine.internal.task;

import dev.tasker.engine.TaskChange;
import dev.tasker.engine.TaskChangeBatch;
import dev.tasker.engine.TaskMoment;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.sql.Database;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads the history of a task for those who follow it. A place in it is a transaction id below which everything had ended when it was taken:
 * what is written later has that id or a higher one, whatever order the transactions commit in. One statement each. Thread-safe.
 */
public final class TaskChangeReader {
    private static final String MOMENT = """
        SELECT state, entered_at, pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM tasker.tasks WHERE task_uuid = ?
        """;

    /** The row's own transaction id has 32 bits; the upper ones are those of the latest id that makes it lie in the past. */
    private static final String CHANGES = """
        WITH newest AS MATERIALIZED (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS id),
        change AS (
          SELECT -1 AS step_index, history.sort_key, history.from_state, history.to_state, history.cause, history.created_at,
                 history.detail, history.xmin::text::bigint AS low, NULL::text AS name,
                 tasker.task_state_name(history.from_state) AS from_name, tasker.task_state_name(history.to_state) AS to_name,
                 tasker.task_via(history.from_state, history.to_state, history.cause) AS via
          FROM   tasker.task_history AS history WHERE history.task_uuid = ?
          UNION ALL
          SELECT history.step_index, history.sort_key, history.from_state, history.to_state, history.cause, history.created_at,
                 CASE WHEN history.cause = tasker.cause('operator') THEN history.detail END, history.xmin::text::bigint,
                 coalesce(step.name, template.document::json -> 'steps' -> step.template_step ->> 'name'),
                 tasker.step_state_name(history.from_state), tasker.step_state_name(history.to_state),
                 tasker.step_via(history.from_state, history.to_state, history.cause)
          FROM   tasker.step_history AS history
                 JOIN tasker.workflow_steps AS step USING (task_uuid, step_index)
                 JOIN tasker.templates AS template ON template.template_id = step.template_id
          WHERE  history.task_uuid = ?)
        SELECT change.step_index, change.name, change.sort_key, change.from_name, change.to_name, change.via, change.created_at,
               CASE WHEN change.cause = tasker.cause('operator') THEN change.detail::json ->> 'action' END,
               CASE WHEN change.cause = tasker.cause('operator') THEN change.detail::json ->> 'actor' END,
               CASE WHEN change.cause = tasker.cause('operator') THEN change.detail::json ->> 'subject' END,
               CASE WHEN change.cause IN (tasker.cause('operator'), tasker.cause('stale')) THEN change.detail::json ->> 'reason' END
        FROM   newest, change
        WHERE  newest.id - ((newest.id - change.low) & 4294967295) >= ?
        ORDER  BY change.created_at, change.step_index = -1, change.step_index, change.sort_key
        """;

    private static final String OF_NAMESPACE = """
        SELECT transaction_id, task_uuid, sort_key, task_name, version, from_state, to_state, via, created_at, action, actor, subject, reason,
               is_cut
        FROM   tasker.changes_of_namespace(?, ?, ?)
        """;

    private final Database database;

    public TaskChangeReader(Database database) {
        this.database = database;
    }

    /** The task now, empty for an unknown uuid. */
    public Optional<TaskMoment> moment(UUID task) {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(MOMENT)) {
                select.setObject(1, task);
                ResultSet row = select.executeQuery();
                return row.next()
                        ? Optional.of(new TaskMoment(
                                TaskState.ofCode(row.getInt(1)),
                                row.getObject(2, OffsetDateTime.class).toInstant(),
                                row.getLong(3)))
                        : Optional.empty();
            }
        });
    }

    /** Changes from {@code cursor} on, those of a transaction together, steps before their task; 0: all. */
    public List<TaskChange> changes(UUID task, long cursor) {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(CHANGES)) {
                select.setObject(1, task);
                select.setObject(2, task);
                select.setLong(3, cursor);
                ResultSet row = select.executeQuery();
                List<TaskChange> changes = new ArrayList<>();
                while (row.next()) {
                    changes.add(change(task, row));
                }
                return changes;
            }
        });
    }

    /** Changes of the tasks of a namespace after a transaction. */
    public TaskChangeBatch ofNamespace(String namespace, long after, int walk) {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(OF_NAMESPACE)) {
                select.setString(1, namespace);
                select.setLong(2, after);
                select.setInt(3, walk);
                ResultSet row = select.executeQuery();
                long upTo = after;
                boolean isCut = false;
                List<TaskChangeBatch.Entry> entries = new ArrayList<>();
                while (row.next()) {
                    UUID task = row.getObject(2, UUID.class);
                    if (task == null) {
                        upTo = Math.max(after, row.getLong(1));
                        isCut = row.getBoolean(14);
                        continue;
                    }
                    Array via = row.getArray(8);
                    entries.add(new TaskChangeBatch.Entry(
                            row.getLong(1),
                            row.getString(4),
                            row.getString(5),
                            new TaskChange(
                                    task,
                                    null,
                                    row.getInt(3),
                                    row.getString(6),
                                    row.getString(7),
                                    via == null ? List.of() : List.of((String[]) via.getArray()),
                                    row.getObject(9, OffsetDateTime.class).toInstant(),
                                    row.getString(10),
                                    row.getString(11),
                                    row.getString(12),
                                    row.getString(13))));
                }
                return new TaskChangeBatch(entries, upTo, isCut);
            }
        });
    }

    private static TaskChange change(UUID task, ResultSet row) throws SQLException {
        int step = row.getInt(1);
        Array via = row.getArray(6);
        return new TaskChange(
                task,
                step < 0 ? null : new TaskChange.Step(TaskUuids.stepUuid(task, step), row.getString(2)),
                row.getInt(3),
                row.getString(4),
                row.getString(5),
                via == null ? List.of() : List.of((String[]) via.getArray()),
                row.getObject(7, OffsetDateTime.class).toInstant(),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getString(11));
    }
}
