package dev.tasker.engine.internal.task;

import dev.tasker.engine.ExecutionStatus;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskView;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.RunnableStep;
import dev.tasker.engine.internal.template.TemplateCatalogue;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads tasks and steps as people see them. Thread-safe; nothing here is on the path of a running step. */
public final class TaskReader {
    private static final String TASK = """
        SELECT step_index, name, template_step, state, created_at, entered_at, last_attempted_at, next_retry_at, total_parents,
               pending_parents, attempts, max_attempts, retryable, backoff_request_seconds, result, now, template_id, task_state,
               task_created_at, task_updated_at, task_entered_at, context, initiator, source_system, reason, priority, tags,
               correlation_id, parent_correlation_id
        FROM   tasker.read_task(?)
        """;

    private static final String STEPS = """
        SELECT step.step_index, step.name, step.template_step, step.state, step.created_at, step.entered_at, step.last_attempted_at,
               step.next_retry_at, step.total_parents, step.pending_parents, step.attempts, step.max_attempts, step.retryable,
               step.backoff_request_seconds, step.result, tasker.engine_now(), task.template_id
        FROM   tasker.workflow_steps AS step JOIN tasker.tasks AS task USING (task_uuid)
        WHERE  step.task_uuid = ?
        ORDER  BY step.step_index
        """;

    private static final String STEP = """
        SELECT step.step_index, step.name, step.template_step, step.state, step.created_at, step.entered_at, step.last_attempted_at,
               step.next_retry_at, step.total_parents, step.pending_parents, step.attempts, step.max_attempts, step.retryable,
               step.backoff_request_seconds, step.result, tasker.engine_now(), task.template_id
        FROM   tasker.workflow_steps AS step JOIN tasker.tasks AS task USING (task_uuid)
        WHERE  step.task_uuid = ? AND step.step_index = ?
        """;

    private static final String TEMPLATE = "SELECT template_id FROM tasker.tasks WHERE task_uuid = ?";

    private static final String DEFINITION = """
        SELECT task.template_id, step.template_step, step.attempts
        FROM   tasker.workflow_steps AS step JOIN tasker.tasks AS task USING (task_uuid)
        WHERE  step.task_uuid = ? AND step.step_index = ?
        """;

    private final Database database;
    private final TemplateCatalogue templates;

    /**
     * What a step of a task runs.
     *
     * @param attempts attempts made, at least 1
     */
    public record Definition(RegisteredTemplate template, RunnableStep step, int attempts) {}

    public TaskReader(Database database, TemplateCatalogue templates) {
        this.database = database;
        this.templates = templates;
    }

    /** The task and its steps in one snapshot, empty for an unknown uuid. One statement. */
    public Optional<TaskView> task(UUID task) {
        return database.call(connection -> Optional.ofNullable(read(connection, task)));
    }

    /** The steps of a task in order of creation, none for an unknown uuid. */
    public List<StepView> steps(UUID task) {
        return database.call(connection -> readSteps(connection, task));
    }

    /** One step, empty for an unknown one. */
    public Optional<StepView> step(StepKey step) {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(STEP)) {
                select.setObject(1, step.task());
                select.setInt(2, step.index());
                ResultSet row = select.executeQuery();
                return row.next() ? Optional.of(step(step.task(), row)) : Optional.empty();
            }
        });
    }

    /** The namespace of a task, empty for an unknown uuid. */
    public Optional<String> namespace(UUID task) {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(TEMPLATE)) {
                select.setObject(1, task);
                ResultSet row = select.executeQuery();
                return row.next()
                        ? Optional.of(
                                templates.byId(row.getInt(1)).plan().template().namespace())
                        : Optional.empty();
            }
        });
    }

    /** What a step runs of which this node holds no lease, empty for an unknown step. */
    public Optional<Definition> definition(StepKey step) {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(DEFINITION)) {
                select.setObject(1, step.task());
                select.setInt(2, step.index());
                ResultSet row = select.executeQuery();
                if (!row.next()) {
                    return Optional.empty();
                }
                RegisteredTemplate template = templates.byId(row.getInt(1));
                return Optional.of(
                        new Definition(template, template.steps().get(row.getInt(2)), Math.max(1, row.getInt(3))));
            }
        });
    }

    private @Nullable TaskView read(Connection connection, UUID task) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(TASK)) {
            select.setObject(1, task);
            ResultSet row = select.executeQuery();
            if (!row.next()) {
                return null;
            }
            RegisteredTemplate template = templates.byId(row.getInt(17));
            TaskState state = TaskState.ofCode(row.getInt(18));
            Instant created = instant(row, 19);
            Instant updated = instant(row, 20);
            Instant completed = state == TaskState.COMPLETE ? instant(row, 21) : null;
            String context = row.getString(22);
            String initiator = row.getString(23);
            String sourceSystem = row.getString(24);
            String reason = row.getString(25);
            int priority = row.getInt(26);
            String tags = row.getString(27);
            UUID correlation = row.getObject(28, UUID.class);
            UUID parentCorrelation = row.getObject(29, UUID.class);
            boolean hasSteps = row.getObject(1) != null;
            List<StepView> steps = hasSteps ? steps(task, row) : List.of();
            return new TaskView(
                    task,
                    template.plan().template().namespace(),
                    template.plan().template().name(),
                    template.plan().template().version(),
                    state,
                    created,
                    updated,
                    completed,
                    context,
                    initiator,
                    sourceSystem,
                    reason,
                    priority,
                    tags,
                    correlation,
                    parentCorrelation,
                    ExecutionStatus.of(steps),
                    steps);
        }
    }

    private List<StepView> readSteps(Connection connection, UUID task) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(STEPS)) {
            select.setObject(1, task);
            ResultSet rows = select.executeQuery();
            return rows.next() ? steps(task, rows) : List.of();
        }
    }

    /** The steps of this row and of all behind it. */
    private List<StepView> steps(UUID task, ResultSet rows) throws SQLException {
        List<StepView> steps = new ArrayList<>();
        do {
            steps.add(step(task, rows));
        } while (rows.next());
        return steps;
    }

    private StepView step(UUID task, ResultSet row) throws SQLException {
        RegisteredTemplate template = templates.byId(row.getInt(17));
        String own = row.getString(2);
        String name =
                own == null ? template.steps().get(row.getInt(3)).planned().name() : own;
        StepState state = StepState.ofCode(row.getInt(4));
        Instant entered = instant(row, 6);
        Instant nextRetry = instantOrNull(row, 8);
        int parents = row.getInt(9);
        int pendingParents = row.getInt(10);
        int attempts = row.getInt(11);
        boolean eligible = attempts == 0 || (row.getBoolean(13) && attempts < row.getInt(12));
        boolean waits = state == StepState.PENDING || state == StepState.WAITING_FOR_RETRY;
        boolean due = nextRetry == null || !nextRetry.isAfter(instant(row, 16));
        return new StepView(
                TaskUuids.stepUuid(task, row.getInt(1)),
                task,
                namedStepUuid(name),
                name,
                state,
                instant(row, 5),
                entered,
                state.isTerminal() ? entered : null,
                state == StepState.ERROR ? entered : null,
                nextRetry,
                instantOrNull(row, 7),
                pendingParents == 0,
                eligible,
                waits && pendingParents == 0 && eligible && due,
                parents,
                parents - pendingParents,
                attempts,
                row.getInt(12),
                row.getObject(14, Integer.class),
                row.getString(15));
    }

    /** The uuid by which the API knows a step name; derived, there is no table of names. */
    static UUID namedStepUuid(String name) {
        return UUID.nameUUIDFromBytes(("tasker:named_step:" + name).getBytes(StandardCharsets.UTF_8));
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant instantOrNull(ResultSet row, int column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
