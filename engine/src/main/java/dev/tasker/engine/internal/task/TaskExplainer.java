package dev.tasker.engine.internal.task;

import dev.tasker.engine.StepReason;
import dev.tasker.engine.StepReason.Taker;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskExplanation;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.task.StepReasons.QueueFacts;
import dev.tasker.engine.internal.task.StepReasons.StepFacts;
import dev.tasker.engine.internal.task.StepReasons.TaskFacts;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.TemplateCatalogue;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells why steps are not finished. Reads one snapshot by one statement, and two more when a step is queued; never more than the first
 * {@value #AHEAD_MAX} rows of a queue. Thread-safe; for people, nothing here is on the path of a running step.
 */
public final class TaskExplainer {
    static final int AHEAD_MAX = 1_000;
    static final int TAKERS_MAX = 5;

    /** The last row of history says why a step failed; whether the log knows a lease only matters once that ran out. */
    private static final String FACTS = """
        SELECT task.state, task.entered_at, task.template_id, task.priority, tasker.engine_now(),
               step.step_index, step.name, step.template_step, step.state, step.entered_at, step.total_parents, step.pending_parents,
               step.children, step.attempts, step.max_attempts, step.next_retry_at, step.queue_id,
               CASE WHEN step.state IN (tasker.step_state('waiting_for_retry'), tasker.step_state('error'))
                    THEN (SELECT history.detail FROM tasker.step_history AS history
                          WHERE  history.task_uuid = step.task_uuid AND history.step_index = step.step_index
                          AND    history.sort_key = step.version) END,
               EXISTS (SELECT FROM tasker.timers AS timer
                       WHERE  timer.due_at = step.next_retry_at AND timer.task_uuid = step.task_uuid
                       AND    timer.step_index = step.step_index),
               session.worker_name, session.session_uuid, greatest(session.expires_at, session.created_at),
               session.expires_at <= tasker.engine_now() AND NOT EXISTS (
                 SELECT FROM tasker.session_leases AS log, unnest(log.task_uuids, log.step_indexes) AS held(task_uuid, step_index)
                 WHERE  log.session_id = step.session_id AND held.task_uuid = step.task_uuid AND held.step_index = step.step_index),
               step.batch_step
        FROM   tasker.tasks AS task
               LEFT JOIN tasker.workflow_steps AS step USING (task_uuid)
               LEFT JOIN tasker.worker_sessions AS session ON session.session_id = step.session_id
        WHERE  task.task_uuid = ?
        ORDER  BY step.step_index
        """;

    /** Rows of one priority are read in order of arrival, of higher ones only counted; all of it bounded. */
    private static final String QUEUES = """
        SELECT queue.queue_id, queue.namespace, queue.callable,
               (SELECT count(*) FROM (SELECT FROM tasker.ready_steps AS more
                                      WHERE  more.queue_id = queue.queue_id AND more.priority > wanted.priority
                                      LIMIT  wanted.most) AS higher),
               (SELECT count(*) FROM (SELECT FROM tasker.ready_steps AS equal
                                      WHERE  equal.queue_id = queue.queue_id AND equal.priority = wanted.priority
                                      LIMIT  wanted.most) AS read),
               ours.step_index, ours.position
        FROM   (SELECT unnest(?) AS queue_id, ? AS priority, ? AS most) AS wanted
               JOIN tasker.queues AS queue USING (queue_id)
               LEFT JOIN LATERAL (
                 SELECT line.step_index, line.position
                 FROM  (SELECT first.task_uuid, first.step_index, row_number() OVER (ORDER BY first.sequence) AS position
                        FROM  (SELECT * FROM tasker.ready_steps AS equal
                               WHERE  equal.queue_id = queue.queue_id AND equal.priority = wanted.priority
                               ORDER  BY equal.sequence LIMIT wanted.most) AS first) AS line
                 WHERE  line.task_uuid = ?) AS ours ON true
        """;

    /** Sessions whose node is alive; those that drain or are closed have no handlers any more. */
    private static final String TAKERS = """
        SELECT queue_id, sessions, worker_name, session_uuid, (SELECT count(*) FROM tasker.leases_of(session_id)), silent
        FROM  (SELECT queue.queue_id, session.session_id, session.worker_name, session.session_uuid,
                      session.expires_at <= tasker.engine_now() AS silent,
                      count(*) OVER (PARTITION BY queue.queue_id) AS sessions,
                      row_number() OVER (PARTITION BY queue.queue_id ORDER BY session.session_id) AS place
               FROM   tasker.queues AS queue, tasker.worker_sessions AS session
               WHERE  queue.queue_id = ANY (?)
               AND    session.session_id IN (
                        SELECT handler.session_id
                        FROM   tasker.session_handlers AS handler JOIN tasker.nodes AS node USING (node_uuid)
                        WHERE  handler.namespace IN (queue.namespace, '*') AND handler.callable IN (queue.callable, '*')
                        AND    node.expires_at > tasker.engine_now())) AS taker
        WHERE  place <= ?
        ORDER  BY queue_id, place
        """;

    private final Database database;
    private final TemplateCatalogue templates;

    public TaskExplainer(Database database, TemplateCatalogue templates) {
        this.database = database;
        this.templates = templates;
    }

    /** A reason for each unfinished step, empty for an unknown uuid. */
    public Optional<TaskExplanation> explain(UUID task) {
        return database.snapshot(connection -> {
            TaskFacts facts = facts(connection, task);
            if (facts == null) {
                return Optional.empty();
            }
            List<TaskExplanation.Step> steps = facts.state().isTerminal() ? List.of() : steps(task, facts, connection);
            return Optional.of(new TaskExplanation(task, facts.state(), facts.since(), steps));
        });
    }

    private static List<TaskExplanation.Step> steps(UUID task, TaskFacts facts, Connection connection)
            throws SQLException {
        int[] queueIds = facts.steps().stream()
                .filter(step -> step.state() == StepState.ENQUEUED)
                .mapToInt(StepFacts::queueId)
                .distinct()
                .toArray();
        StepReasons reasons =
                new StepReasons(facts, queueIds.length == 0 ? Map.of() : queues(connection, task, facts, queueIds));
        List<TaskExplanation.Step> steps = new ArrayList<>();
        for (StepFacts step : facts.steps()) {
            if (!step.state().isTerminal()) {
                StepReason reason = reasons.of(step);
                steps.add(new TaskExplanation.Step(
                        TaskUuids.stepUuid(task, step.index()), step.name(), step.state(), reason));
            }
        }
        return steps;
    }

    private @Nullable TaskFacts facts(Connection connection, UUID task) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(FACTS)) {
            select.setObject(1, task);
            ResultSet row = select.executeQuery();
            if (!row.next()) {
                return null;
            }
            RegisteredTemplate template = templates.byId(row.getInt(3));
            TaskState state = TaskState.ofCode(row.getInt(1));
            Instant since = instant(row, 2);
            int priority = row.getInt(4);
            Instant now = instant(row, 5);
            List<StepFacts> steps = new ArrayList<>();
            do {
                if (row.getObject(6) != null) { // null: a task without steps
                    steps.add(step(template, row));
                }
            } while (row.next());
            return new TaskFacts(state, since, priority, now, steps);
        }
    }

    private static StepFacts step(RegisteredTemplate template, ResultSet row) throws SQLException {
        String own = row.getString(7);
        return new StepFacts(
                row.getInt(6),
                own == null ? template.steps().get(row.getInt(8)).planned().name() : own,
                StepState.ofCode(row.getInt(9)),
                instant(row, 10),
                row.getInt(11),
                row.getInt(12),
                children(row.getArray(13)),
                row.getInt(14),
                row.getInt(15),
                instantOrNull(row, 16),
                row.getInt(17),
                row.getString(18),
                row.getBoolean(19),
                row.getString(20),
                row.getObject(21, UUID.class),
                instantOrNull(row, 22),
                row.getBoolean(23),
                row.getObject(24, Integer.class));
    }

    private static Map<Integer, QueueFacts> queues(Connection connection, UUID task, TaskFacts facts, int[] queueIds)
            throws SQLException {
        Map<Integer, QueueFacts> queues = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(QUEUES)) {
            SqlArrays.setInts(select, 1, queueIds);
            select.setInt(2, facts.priority());
            select.setInt(3, AHEAD_MAX);
            select.setObject(4, task);
            ResultSet row = select.executeQuery();
            while (row.next()) {
                QueueFacts queue = queues.get(row.getInt(1));
                if (queue == null) {
                    queue = new QueueFacts(row.getString(2), row.getString(3), row.getInt(4), row.getInt(5));
                    queues.put(row.getInt(1), queue);
                }
                if (row.getObject(6) != null) {
                    queue.positions().merge(row.getInt(6), row.getInt(7), Math::min);
                }
            }
        }
        try (PreparedStatement select = connection.prepareStatement(TAKERS)) {
            SqlArrays.setInts(select, 1, queueIds);
            select.setInt(2, TAKERS_MAX);
            ResultSet row = select.executeQuery();
            while (row.next()) {
                QueueFacts queue = queues.get(row.getInt(1));
                int leased = row.getInt(5);
                if (queue != null) {
                    queue.take(
                            row.getInt(2),
                            new Taker(
                                    row.getString(3),
                                    row.getObject(4, UUID.class),
                                    leased,
                                    row.getBoolean(6) && leased > 0));
                }
            }
        }
        return queues;
    }

    private static int[] children(@Nullable Array stored) throws SQLException {
        if (stored == null) {
            return new int[0];
        }
        Integer[] indexes = (Integer[]) stored.getArray();
        int[] children = new int[indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            children[i] = indexes[i];
        }
        return children;
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant instantOrNull(ResultSet row, int column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
