package dev.tasker.junit;

import dev.tasker.engine.DomainEvent;
import dev.tasker.engine.Engine;
import dev.tasker.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import tools.jackson.databind.json.JsonMapper;

/** The domain events of a test class: the fast ones as they are told, the durable ones as they are kept. Thread-safe. */
final class EventLog {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String KEPT = """
        SELECT event_id::text FROM tasker.published_domain_events WHERE task_uuid = ? ORDER BY published_at, event_id
        """;
    private static final String MESSAGE = "SELECT message FROM tasker.published_domain_events WHERE event_id = ?";

    private final Queue<DomainEvent> told = new ConcurrentLinkedQueue<>();
    private final TestDatabase database;

    private EventLog(TestDatabase database) {
        this.database = database;
    }

    static EventLog open(Engine engine, TestDatabase database) {
        EventLog log = new EventLog(database);
        var _ = engine.domainEvents().subscribe("*", log.told::add); // ends with the engine
        return log;
    }

    /** The events of a task so far, each once. */
    List<RunEvent> of(UUID task) {
        Map<String, RunEvent> events = new LinkedHashMap<>();
        for (String id : database.query(KEPT, task)) {
            String message = database.query(MESSAGE, UUID.fromString(id)).getFirst();
            events.put(id, event(message));
        }
        for (DomainEvent event : told) {
            if (event.taskUuid().equals(task)) {
                events.putIfAbsent(event.eventId().toString(), event(event.message()));
            }
        }
        return new ArrayList<>(events.values());
    }

    private static RunEvent event(String message) {
        var tree = MAPPER.readTree(message);
        return new RunEvent(
                tree.path("event_name").asString(),
                tree.path("metadata").path("step_name").asString(""),
                tree.path("payload").path("payload"));
    }
}
