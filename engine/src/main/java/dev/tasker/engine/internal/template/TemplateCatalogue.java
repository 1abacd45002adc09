package dev.tasker.engine.internal.template;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.TemplateSummary;
import dev.tasker.engine.internal.graph.TaskGraph;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.step.Queue;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.StepType;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.template.TemplatePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Registers templates and finds them again (06 §18). Documents are immutable: a changed template under the same version is a new
 * document, which new tasks start with; running tasks keep theirs. Thread-safe.
 */
public final class TemplateCatalogue {
    /** How long this node may go on starting tasks with a document that another node has replaced. */
    private static final Duration CURRENT_FOR = Duration.ofSeconds(5);

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
          DO UPDATE SET description = excluded.description, identity_strategy = excluded.identity_strategy, updated_at = now()
        RETURNING named_task_uuid
        """;

    private static final String KNOWN_DOCUMENT =
            "SELECT template_id FROM tasker.templates WHERE named_task_uuid = ? AND content_hash = ?";

    private static final String DOCUMENT = """
        INSERT INTO tasker.templates (named_task_uuid, content_hash, document, initial_steps) VALUES (?, ?, ?, ?)
        RETURNING template_id
        """;

    private static final String CURRENT_DOCUMENT =
            "UPDATE tasker.named_tasks SET template_id = ? WHERE named_task_uuid = ? AND template_id <> ?";

    private static final String QUEUES = """
        INSERT INTO tasker.queues (namespace, callable)
        SELECT ?, callable FROM unnest(?) AS callable
        ON CONFLICT (namespace, callable) DO NOTHING
        """;

    private static final String QUEUE_IDS =
            "SELECT queue_id, namespace, callable FROM tasker.queues WHERE namespace = ? AND callable = ANY (?)";

    private static final String ALL_QUEUES = "SELECT queue_id, namespace, callable FROM tasker.queues";

    private static final String STEPS = """
        INSERT INTO tasker.template_steps (template_id, step_index, queue_id, parents, children, retryable, max_attempts)
        SELECT ?, step_index, queue_id, parents, children::integer[], retryable, max_attempts
        FROM   unnest(?, ?, ?, ?, ?::boolean[], ?) AS step(step_index, queue_id, parents, children, retryable, max_attempts)
        """;

    private static final String FIND = """
        SELECT named.named_task_uuid, document.template_id, document.document
        FROM   tasker.named_tasks AS named
               JOIN tasker.task_namespaces AS namespace USING (task_namespace_uuid)
               JOIN tasker.templates AS document USING (template_id)
        WHERE  namespace.name = ? AND named.name = ? AND named.version = ?
        """;

    private static final String FIND_BY_ID =
            "SELECT named_task_uuid, template_id, document FROM tasker.templates WHERE template_id = ?";

    private static final String LIST = """
        SELECT namespace.name, namespace.description, named.name, named.version, named.description, document.document
        FROM   tasker.named_tasks AS named
               JOIN tasker.task_namespaces AS namespace USING (task_namespace_uuid)
               JOIN tasker.templates AS document USING (template_id)
        WHERE  ?::text IS NULL OR namespace.name = ?
        ORDER  BY namespace.name, named.name, named.version
        """;

    private final Database database;
    private final Cache<Key, RegisteredTemplate> current;
    private final Map<Integer, RegisteredTemplate> byId = new ConcurrentHashMap<>();
    private final QueueListener newQueues;

    private record Key(String namespace, String name, String version) {}

    /** Told of queues that this node did not know. */
    @FunctionalInterface
    public interface QueueListener {
        void known(List<Queue> queues);
    }

    public TemplateCatalogue(Database database, QueueListener newQueues) {
        this.database = database;
        this.newQueues = newQueues;
        this.current = Caffeine.newBuilder().expireAfterWrite(CURRENT_FOR).build();
    }

    /** Registers a template whose environment overlay is applied. Registering the same document again changes nothing. */
    public RegisteredTemplate register(TaskTemplate template) {
        TemplatePlan plan = TemplatePlan.compile(template);
        RegisteredTemplate registered = database.transaction(connection -> register(connection, plan));
        byId.put(registered.templateId(), registered);
        current.put(new Key(template.namespace(), template.name(), template.version()), registered);
        newQueues.known(queuesOf(registered));
        return registered;
    }

    /** The document new tasks of this template start with. */
    public RegisteredTemplate current(String namespace, String name, String version) {
        Key key = new Key(namespace, name, version);
        RegisteredTemplate cached = current.getIfPresent(key);
        if (cached != null) {
            return cached;
        }
        RegisteredTemplate found = database.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(FIND)) {
                statement.setString(1, namespace);
                statement.setString(2, name);
                statement.setString(3, version);
                return compiled(connection, statement.executeQuery());
            }
        });
        if (found == null) {
            throw new EngineException(
                    ErrorCode.TEMPLATE_NOT_FOUND,
                    "Task template not found: " + namespace + "/" + name + "/" + version
                            + " (expected: one registered by a worker)");
        }
        current.put(key, found);
        newQueues.known(queuesOf(found));
        return found;
    }

    /** The document with this id; documents never change. */
    public RegisteredTemplate byId(int templateId) {
        RegisteredTemplate cached = byId.get(templateId);
        if (cached != null) {
            return cached;
        }
        RegisteredTemplate found = database.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(FIND_BY_ID)) {
                statement.setInt(1, templateId);
                return compiled(connection, statement.executeQuery());
            }
        });
        if (found == null) {
            throw new EngineException(
                    ErrorCode.INTERNAL, "template_id: " + templateId + " (expected: a stored document)");
        }
        return found;
    }

    /** All templates, or those of one namespace. */
    public List<TemplateSummary> list(@Nullable String namespace) {
        return database.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(LIST)) {
                statement.setString(1, namespace);
                statement.setString(2, namespace);
                ResultSet rows = statement.executeQuery();
                List<TemplateSummary> summaries = new ArrayList<>();
                while (rows.next()) {
                    summaries.add(new TemplateSummary(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getString(3),
                            rows.getString(4),
                            rows.getString(5),
                            TemplateParser.fromJson(rows.getString(6))
                                    .template()
                                    .steps()
                                    .size()));
                }
                return summaries;
            }
        });
    }

    /** Every queue there is, whichever node interned it. */
    public List<Queue> allQueues() {
        return database.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(ALL_QUEUES)) {
                return queues(statement.executeQuery());
            }
        });
    }

    /** Interns queues for callables that no template has named yet. */
    public List<Queue> intern(String namespace, List<String> callables) {
        return database.call(connection -> intern(connection, namespace, callables));
    }

    private RegisteredTemplate register(Connection connection, TemplatePlan plan) throws SQLException {
        TaskTemplate template = plan.template();
        UUID namespace = one(connection, NAMESPACE, UUID.class, newUuid(), template.namespace(), template.namespace());
        UUID named = one(
                connection,
                NAMED_TASK,
                UUID.class,
                newUuid(),
                namespace,
                template.name(),
                template.version(),
                template.description(),
                template.identityStrategy().name().toLowerCase(Locale.ROOT));
        Map<String, Integer> queueIds = queueIds(connection, plan);
        Integer known = oneOrNone(connection, KNOWN_DOCUMENT, Integer.class, named, plan.contentHash());
        int templateId;
        if (known == null) {
            templateId = one(
                    connection,
                    DOCUMENT,
                    Integer.class,
                    named,
                    plan.contentHash(),
                    plan.canonicalJson(),
                    plan.initialSteps().size());
            storeSteps(connection, templateId, plan, queueIds);
        } else {
            templateId = known;
        }
        try (PreparedStatement statement = connection.prepareStatement(CURRENT_DOCUMENT)) {
            statement.setInt(1, templateId);
            statement.setObject(2, named);
            statement.setInt(3, templateId);
            statement.executeUpdate();
        }
        return registered(templateId, named, plan, queueIds);
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
                    steps.stream().mapToInt(step -> queueId(queueIds, step)).toArray());
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

    private @Nullable RegisteredTemplate compiled(Connection connection, ResultSet row) throws SQLException {
        if (!row.next()) {
            return null;
        }
        UUID named = row.getObject(1, UUID.class);
        int templateId = row.getInt(2);
        RegisteredTemplate cached = byId.get(templateId);
        if (cached != null) {
            return cached;
        }
        TemplatePlan plan =
                TemplatePlan.compile(TemplateParser.fromJson(row.getString(3)).template());
        RegisteredTemplate registered = registered(templateId, named, plan, queueIds(connection, plan));
        byId.put(templateId, registered);
        return registered;
    }

    private static Map<String, Integer> queueIds(Connection connection, TemplatePlan plan) throws SQLException {
        List<String> callables = plan.steps().stream()
                .map(PlannedStep::callable)
                .distinct()
                .sorted()
                .toList();
        Map<String, Integer> ids = new HashMap<>();
        for (Queue queue : intern(connection, plan.template().namespace(), callables)) {
            ids.put(queue.callable(), queue.id());
        }
        return ids;
    }

    private static List<Queue> intern(Connection connection, String namespace, List<String> callables)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(QUEUES);
                PreparedStatement select = connection.prepareStatement(QUEUE_IDS)) {
            insert.setString(1, namespace);
            SqlArrays.setTexts(insert, 2, callables);
            insert.executeUpdate();
            select.setString(1, namespace);
            SqlArrays.setTexts(select, 2, callables);
            return queues(select.executeQuery());
        }
    }

    private static List<Queue> queues(ResultSet rows) throws SQLException {
        List<Queue> queues = new ArrayList<>();
        while (rows.next()) {
            queues.add(new Queue(rows.getInt(1), rows.getString(2), rows.getString(3)));
        }
        return queues;
    }

    private static List<Queue> queuesOf(RegisteredTemplate template) {
        String namespace = template.plan().template().namespace();
        return template.steps().stream()
                .map(step -> new Queue(step.queueId(), namespace, step.planned().callable()))
                .distinct()
                .toList();
    }

    private static RegisteredTemplate registered(
            int templateId, UUID named, TemplatePlan plan, Map<String, Integer> queueIds) {
        List<RunnableStep> steps = new ArrayList<>();
        for (PlannedStep step : plan.steps()) {
            int[] ancestors = step.ancestors().stream()
                    .filter(ancestor -> !isBatchWorker(plan, ancestor)
                            && (!step.initial() || plan.steps().get(ancestor).initial()))
                    .toArray();
            List<String> names = new ArrayList<>();
            for (int ancestor : ancestors) {
                names.add(plan.steps().get(ancestor).name());
            }
            steps.add(new RunnableStep(
                    step,
                    queueId(queueIds, step),
                    ancestors,
                    List.copyOf(names),
                    step.ancestors().stream()
                            .filter(ancestor -> isBatchWorker(plan, ancestor))
                            .toArray(),
                    step.children().stream()
                            .filter(child -> !isBatchWorker(plan, child))
                            .toArray(),
                    step.definition().handler().initialization().toString()));
        }
        List<RunnableStep> roots = steps.stream()
                .filter(step -> step.planned().initial()
                        && step.planned().initialParents().isEmpty())
                .toList();
        return new RegisteredTemplate(templateId, named, plan, List.copyOf(steps), roots, TaskGraph.initial(plan));
    }

    private static boolean isBatchWorker(TemplatePlan plan, int index) {
        return plan.steps().get(index).type() == StepType.BATCH_WORKER;
    }

    private static int queueId(Map<String, Integer> queueIds, PlannedStep step) {
        return Objects.requireNonNull(queueIds.get(step.callable()), step.callable());
    }

    private static UUID newUuid() {
        return UUID.randomUUID();
    }

    private static <T> T one(Connection connection, String sql, Class<T> type, @Nullable Object... parameters)
            throws SQLException {
        T value = oneOrNone(connection, sql, type, parameters);
        if (value == null) {
            throw new EngineException(ErrorCode.INTERNAL, "no row (expected: one) from " + sql.strip());
        }
        return value;
    }

    private static <T> @Nullable T oneOrNone(
            Connection connection, String sql, Class<T> type, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            ResultSet row = statement.executeQuery();
            return row.next() ? row.getObject(1, type) : null;
        }
    }
}
