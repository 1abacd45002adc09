package dev.tasker.engine.internal.template;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.TemplateSummary;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.step.Queue;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateException;
import dev.tasker.template.TemplateParser;
import dev.tasker.template.TemplatePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private final TemplateWriter writer;

    private record Key(String namespace, String name, String version) {}

    /** Told of queues that this node did not know. */
    @FunctionalInterface
    public interface QueueListener {
        void known(List<Queue> queues);
    }

    /** Takes whether another document may take the place of the one that new tasks start with. */
    public TemplateCatalogue(Database database, QueueListener newQueues, boolean replaces) {
        this.database = database;
        this.newQueues = newQueues;
        this.writer = new TemplateWriter(replaces);
        this.current = Caffeine.newBuilder().expireAfterWrite(CURRENT_FOR).build();
    }

    /** Registers a template whose environment overlay is applied. Registering the same document again changes nothing. */
    public RegisteredTemplate register(TaskTemplate template) {
        TemplatePlan plan = plan(template);
        RegisteredTemplate registered = database.transaction(connection -> writer.register(connection, plan));
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

    /** Forgets what was read and registered, for a database that may know other documents. */
    public void forget() {
        current.invalidateAll();
        byId.clear();
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
                            TemplateParser.fromStored(rows.getString(6)).steps().size()));
                }
                return summaries;
            }
        });
    }

    /** Every queue there is, whichever node interned it. */
    public List<Queue> allQueues() {
        return database.call(QueueTable::all);
    }

    /** Interns queues for callables that no template has named yet. */
    public List<Queue> intern(String namespace, List<String> callables) {
        return database.call(connection -> QueueTable.intern(connection, namespace, callables));
    }

    private static TemplatePlan plan(TaskTemplate template) {
        try {
            return TemplatePlan.compile(template);
        } catch (TemplateException e) {
            throw new EngineException(ErrorCode.INVALID_TEMPLATE, String.valueOf(e.getMessage()), e);
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
        TemplatePlan plan = TemplatePlan.compile(TemplateParser.fromStored(row.getString(3)));
        RegisteredTemplate registered =
                RegisteredTemplate.of(templateId, named, plan, QueueTable.idsOf(connection, plan));
        byId.put(templateId, registered);
        return registered;
    }

    private static List<Queue> queuesOf(RegisteredTemplate template) {
        String namespace = template.plan().template().namespace();
        return template.steps().stream()
                .map(step -> new Queue(step.queueId(), namespace, step.planned().callable()))
                .distinct()
                .toList();
    }
}
