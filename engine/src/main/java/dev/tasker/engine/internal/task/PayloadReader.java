package dev.tasker.engine.internal.task;

import dev.tasker.engine.Assignment.TaskPart;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.TemplateCatalogue;
import dev.tasker.template.TemplatePlan;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what assignments need from the database: for tasks other nodes created, retried steps, and after a restart. */
public final class PayloadReader {
    private static final String REQUESTS = """
        SELECT task_uuid, template_id, priority, correlation_id, parent_correlation_id, initiator, source_system, reason, tags, context, traceparent
        FROM   tasker.task_requests
        WHERE  task_uuid = ANY (?)
        """;

    private static final String STEPS = """
        SELECT step.task_uuid, step.step_index, step.name, step.template_step, step.max_attempts, step.inputs, step.result,
               tasker.checkpoint_record(step.checkpoint, step.checkpoint_history), step.state = tasker.step_state('complete') AS complete
        FROM   unnest(?, ?) AS wanted(task_uuid, step_index)
               JOIN tasker.workflow_steps AS step USING (task_uuid, step_index)
        """;

    private static final String INSTANCES = """
        SELECT step.task_uuid, step.step_index, step.name, step.template_step, step.max_attempts, step.inputs, step.result,
               step.checkpoint, step.state = tasker.step_state('complete') AS complete
        FROM   unnest(?, ?) AS wanted(task_uuid, template_step)
               JOIN tasker.workflow_steps AS step USING (task_uuid, template_step)
        WHERE  step.step_index >= ?
        ORDER  BY step.task_uuid, step.step_index
        """;

    private final Database database;
    private final TemplateCatalogue templates;

    public PayloadReader(Database database, TemplateCatalogue templates) {
        this.database = database;
        this.templates = templates;
    }

    /** The stored part of a step. */
    public record StoredStep(
            @Nullable String name,
            int templateStep,
            int maxAttempts,
            @Nullable String inputs,
            @Nullable String result,
            @Nullable String checkpoint,
            boolean complete) {}

    /** The payloads of {@code tasks}, without results; unknown tasks are missing. */
    public Map<UUID, TaskPayload> requests(Collection<UUID> tasks) {
        return database.call(connection -> {
            Map<UUID, TaskPayload> payloads = new HashMap<>();
            try (PreparedStatement statement = connection.prepareStatement(REQUESTS)) {
                SqlArrays.setUuids(statement, 1, List.copyOf(tasks));
                ResultSet rows = statement.executeQuery();
                while (rows.next()) {
                    RegisteredTemplate template = templates.byId(rows.getInt(2));
                    TemplatePlan plan = template.plan();
                    payloads.put(
                            rows.getObject(1, UUID.class),
                            new TaskPayload(
                                    template,
                                    new TaskPart(
                                            plan.template().namespace(),
                                            plan.template().name(),
                                            plan.template().version(),
                                            rows.getString(10),
                                            rows.getInt(3),
                                            rows.getObject(4, UUID.class),
                                            rows.getObject(5, UUID.class),
                                            rows.getString(6),
                                            rows.getString(7),
                                            rows.getString(8),
                                            rows.getString(9),
                                            rows.getString(11))));
                }
            }
            return payloads;
        });
    }

    /** The rows of {@code steps}; unknown ones are missing. */
    public Map<StepKey, StoredStep> steps(Collection<StepKey> steps) {
        return database.call(connection -> {
            Map<StepKey, StoredStep> stored = new HashMap<>();
            try (PreparedStatement statement = connection.prepareStatement(STEPS)) {
                SqlArrays.setUuids(
                        statement, 1, steps.stream().map(StepKey::task).toList());
                SqlArrays.setInts(
                        statement, 2, steps.stream().mapToInt(StepKey::index).toArray());
                ResultSet rows = statement.executeQuery();
                while (rows.next()) {
                    stored.put(new StepKey(rows.getObject(1, UUID.class), rows.getInt(2)), stored(rows));
                }
            }
            return stored;
        });
    }

    /**
     * The instances of batch workers, in order of creation, by the key of their worker's definition.
     *
     * @param firstInstance no instance stands at a lower index
     */
    public Map<StepKey, List<StoredStep>> instances(Collection<StepKey> workers, int firstInstance) {
        return database.call(connection -> {
            Map<StepKey, List<StoredStep>> instances = new HashMap<>();
            try (PreparedStatement statement = connection.prepareStatement(INSTANCES)) {
                SqlArrays.setUuids(
                        statement, 1, workers.stream().map(StepKey::task).toList());
                SqlArrays.setInts(
                        statement, 2, workers.stream().mapToInt(StepKey::index).toArray());
                statement.setInt(3, firstInstance);
                ResultSet rows = statement.executeQuery();
                while (rows.next()) {
                    StoredStep instance = stored(rows);
                    instances
                            .computeIfAbsent(
                                    new StepKey(rows.getObject(1, UUID.class), instance.templateStep()),
                                    _ -> new ArrayList<>())
                            .add(instance);
                }
            }
            return instances;
        });
    }

    private static StoredStep stored(ResultSet row) throws SQLException {
        return new StoredStep(
                row.getString(3),
                row.getInt(4),
                row.getInt(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getBoolean(9));
    }
}
