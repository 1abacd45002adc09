package dev.tasker.engine.internal.template;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.template.LifecyclePolicy;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.template.TemplatePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes templates into the catalogue, in the transaction of the caller (06 §18 point 3). The row of the named task is locked first, so
 * that two registrations of one version come one after the other.
 */
final class TemplateWriter {
    private static final String NAMESPACE = """
        INSERT INTO tasker.task_namespaces (task_namespace_uuid, name, description)
        VALUES (?, ?, 'Auto-created namespace for ' || ?)
        ON CONFLICT (name) DO UPDATE SET name = excluded.name
        RETURNING task_namespace_uuid
        """;

    private static final String NAMED_TASK = """
        INSERT INTO tasker.named_tasks (named_task_uuid, task_namespace_uuid, name, version, description, identity_strategy, template_id)
        VALUES (?, ?, ?, ?, ?, ?, 0)
        ON CONFLICT (task_namespace_uuid, name, version)
          DO UPDATE SET description = excluded.description, identity_strategy = excluded.identity_strategy
        RETURNING named_task_uuid, template_id
        """;

    private static final String KNOWN_DOCUMENT =
            "SELECT template_id FROM tasker.templates WHERE named_task_uuid = ? AND content_hash = ?";

    private static final String STORED_DOCUMENT =
            "SELECT content_hash, document FROM tasker.templates WHERE template_id = ?";

    private static final String DOCUMENT = """
        INSERT INTO tasker.templates (named_task_uuid, content_hash, document, initial_steps, at_most_once,
                                      waiting_for_dependencies_minutes, waiting_for_retry_minutes, steps_in_process_minutes,
                                      duration_minutes, fails_stale, dead_letters_stale)
        VALUES (?, ?, ?, ?, ?::integer[], ?, ?, ?, ?, ?, ?)
        RETURNING template_id
        """;

    private static final String CURRENT_DOCUMENT =
            "UPDATE tasker.named_tasks SET template_id = ?, updated_at = now() WHERE named_task_uuid = ?";

    private static final String STEPS = """
        INSERT INTO tasker.template_steps (template_id, step_index, queue_id, parents, children, retryable, max_attempts)
        SELECT ?, step_index, queue_id, parents, children::integer[], retryable, max_attempts
        FROM   unnest(?, ?, ?, ?, ?::boolean[], ?) AS step(step_index, queue_id, parents, children, retryable, max_attempts)
        """;

    /** The document that new tasks start with is 0 when there is none yet. */
    private static final int NONE = 0;

    private final boolean replaces;

    /** Takes whether another document may take the place of the one that new tasks start with. */
    TemplateWriter(boolean replaces) {
        this.replaces = replaces;
    }

    private record NamedTask(UUID uuid, int current) {}

    RegisteredTemplate register(Connection connection, TemplatePlan plan) throws SQLException {
        NamedTask named = namedTask(connection, plan.template());
        Map<String, Integer> queueIds = QueueTable.idsOf(connection, plan);
        Integer known = known(connection, named.uuid(), plan.contentHash());
        boolean isOther = named.current() != NONE && (known == null || known != named.current());
        if (isOther && isCurrent(connection, named, plan)) {
            return RegisteredTemplate.of(named.current(), named.uuid(), plan, queueIds);
        }
        int templateId = known == null ? store(connection, named, plan, queueIds) : known;
        if (templateId != named.current()) {
            try (PreparedStatement statement = connection.prepareStatement(CURRENT_DOCUMENT)) {
                statement.setInt(1, templateId);
                statement.setObject(2, named.uuid());
                statement.executeUpdate();
            }
        }
        return RegisteredTemplate.of(templateId, named.uuid(), plan, queueIds);
    }

    /** Whether the current document says the same in the words of an earlier version of Tasker; refuses one that may not be replaced. */
    private boolean isCurrent(Connection connection, NamedTask named, TemplatePlan plan) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(STORED_DOCUMENT)) {
            statement.setInt(1, named.current());
            ResultSet row = statement.executeQuery();
            row.next();
            if (TemplateParser.fromStored(row.getString(2)).contentHash().equals(plan.contentHash())) {
                return true;
            }
            if (replaces) {
                return false;
            }
            throw new EngineException(
                    ErrorCode.TEMPLATE_CHANGED,
                    plan.template().key() + ": content hash " + plan.contentHash() + " (expected: " + row.getString(1)
                            + ", the registered one; or another version, or TASKER_TEMPLATE_OVERWRITE=true)");
        }
    }

    private static NamedTask namedTask(Connection connection, TaskTemplate template) throws SQLException {
        UUID namespace;
        try (PreparedStatement statement = connection.prepareStatement(NAMESPACE)) {
            statement.setObject(1, UUID.randomUUID());
            statement.setString(2, template.namespace());
            statement.setString(3, template.namespace());
            ResultSet row = statement.executeQuery();
            row.next();
            namespace = row.getObject(1, UUID.class);
        }
        try (PreparedStatement statement = connection.prepareStatement(NAMED_TASK)) {
            statement.setObject(1, UUID.randomUUID());
            statement.setObject(2, namespace);
            statement.setString(3, template.name());
            statement.setString(4, template.version());
            statement.setString(5, template.description());
            statement.setString(6, template.identityStrategy().name().toLowerCase(Locale.ROOT));
            ResultSet row = statement.executeQuery();
            row.next();
            return new NamedTask(row.getObject(1, UUID.class), row.getInt(2));
        }
    }

    private static @Nullable Integer known(Connection connection, UUID named, String contentHash) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(KNOWN_DOCUMENT)) {
            statement.setObject(1, named);
            statement.setString(2, contentHash);
            ResultSet row = statement.executeQuery();
            return row.next() ? row.getObject(1, Integer.class) : null;
        }
    }

    private static int store(Connection connection, NamedTask named, TemplatePlan plan, Map<String, Integer> queueIds)
            throws SQLException {
        int templateId;
        try (PreparedStatement statement = connection.prepareStatement(DOCUMENT)) {
            statement.setObject(1, named.uuid());
            statement.setString(2, plan.contentHash());
            statement.setString(3, plan.canonicalJson());
            statement.setInt(4, plan.initialSteps().size());
            statement.setString(5, atMostOnce(plan));
            LifecyclePolicy lifecycle =
                    Objects.requireNonNullElse(plan.template().lifecycle(), LifecyclePolicy.EMPTY);
            statement.setObject(6, lifecycle.maxWaitingForDependenciesMinutes(), Types.INTEGER);
            statement.setObject(7, lifecycle.maxWaitingForRetryMinutes(), Types.INTEGER);
            statement.setObject(8, lifecycle.maxStepsInProcessMinutes(), Types.INTEGER);
            statement.setObject(9, lifecycle.maxDurationMinutes(), Types.INTEGER);
            statement.setBoolean(10, lifecycle.failsStaleTask());
            statement.setBoolean(11, lifecycle.deadLettersStaleTask());
            ResultSet row = statement.executeQuery();
            row.next();
            templateId = row.getInt(1);
        }
        storeSteps(connection, templateId, plan, queueIds);
        return templateId;
    }

    /** The indices of the steps that are run at most once, as an array of SQL; null when there is none. */
    private static @Nullable String atMostOnce(TemplatePlan plan) {
        List<String> indices = plan.steps().stream()
                .filter(step -> step.definition().handler().atMostOnce())
                .map(step -> Integer.toString(step.index()))
                .toList();
        return indices.isEmpty() ? null : "{" + String.join(",", indices) + "}";
    }

    private static void storeSteps(
            Connection connection, int templateId, TemplatePlan plan, Map<String, Integer> queueIds)
            throws SQLException {
        List<PlannedStep> steps = plan.initialSteps();
        try (PreparedStatement statement = connection.prepareStatement(STEPS)) {
            statement.setInt(1, templateId);
            SqlArrays.setInts(
                    statement, 2, steps.stream().mapToInt(PlannedStep::index).toArray());
            SqlArrays.setInts(
                    statement,
                    3,
                    steps.stream()
                            .mapToInt(step -> RegisteredTemplate.queueId(queueIds, step))
                            .toArray());
            SqlArrays.setInts(
                    statement,
                    4,
                    steps.stream()
                            .mapToInt(step -> step.initialParents().size())
                            .toArray());
            List<@Nullable String> children = new ArrayList<>();
            List<String> retryable = new ArrayList<>();
            for (PlannedStep step : steps) {
                children.add(
                        step.initialChildren().isEmpty()
                                ? null
                                : step.initialChildren().toString());
                retryable.add(Boolean.toString(step.retry().retryable()));
            }
            SqlArrays.setTexts(statement, 5, children);
            SqlArrays.setTexts(statement, 6, retryable);
            SqlArrays.setInts(
                    statement,
                    7,
                    steps.stream().mapToInt(step -> step.retry().maxAttempts()).toArray());
            statement.executeUpdate();
        }
    }
}
