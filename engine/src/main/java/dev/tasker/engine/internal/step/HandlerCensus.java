package dev.tasker.engine.internal.step;

import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.sql.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import java.util.Optional;

/** Counts who may still have a handler for a step that was given back for want of one (04 §9.6): one read. Thread-safe. */
public final class HandlerCensus {
    static final int NAMES_MAX = 10;

    /**
     * Sessions of live nodes that take the step's queue, without those that have given this very step back for want of a handler. A session
     * that drains or is closed takes nothing; one of a node that died counts until the node's time is over.
     */
    private static final String COUNT = """
        SELECT queue.queue_id, queue.callable,
               EXISTS (SELECT FROM tasker.session_handlers AS handler JOIN tasker.nodes AS node USING (node_uuid)
                       WHERE  handler.namespace IN (queue.namespace, '*') AND handler.callable IN (queue.callable, '*')
                       AND    node.expires_at > tasker.engine_now() AND handler.session_id <> ALL (without.session_ids)),
               ARRAY(SELECT DISTINCT session.worker_name FROM tasker.worker_sessions AS session
                     WHERE  session.session_id = ANY (without.session_ids) ORDER BY session.worker_name LIMIT ?)
        FROM   tasker.workflow_steps AS step
               JOIN tasker.queues AS queue USING (queue_id),
               LATERAL (SELECT array_append(array_agg(history.session_id), ?) AS session_ids
                        FROM   tasker.step_history AS history
                        WHERE  history.task_uuid = step.task_uuid AND history.step_index = step.step_index
                        AND    history.cause = tasker.cause('unhandled')) AS without
        WHERE  step.task_uuid = ? AND step.step_index = ?
        """;

    private final Database database;

    public HandlerCensus(Database database) {
        this.database = database;
    }

    /**
     * What is known of a step's handlers.
     *
     * @param isTaken some session that takes the step's queue has not given this step back yet
     * @param without names of workers without the handler, {@value #NAMES_MAX} at most
     */
    public record Count(int queueId, String callable, boolean isTaken, List<String> without) {}

    /** As it stands once {@code session} has given the step back, too; empty for a step that does not exist. */
    public Optional<Count> without(LiveSession session, StepKey step) {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(COUNT)) {
                select.setInt(1, NAMES_MAX);
                select.setInt(2, session.id());
                select.setObject(3, step.task());
                select.setInt(4, step.index());
                ResultSet row = select.executeQuery();
                return row.next()
                        ? Optional.of(new Count(row.getInt(1), row.getString(2), row.getBoolean(3), List.of((String[])
                                row.getArray(4).getArray())))
                        : Optional.empty();
            }
        });
    }
}
