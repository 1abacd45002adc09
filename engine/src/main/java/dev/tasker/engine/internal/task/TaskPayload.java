package dev.tasker.engine.internal.task;

import dev.tasker.engine.Assignment.TaskPart;
import dev.tasker.engine.internal.graph.TaskGraph;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What assignments of a running task are assembled from. Thread-safe; results of complete steps never change. */
public final class TaskPayload {
    private final RegisteredTemplate template;
    private final TaskPart part;
    private final Map<Integer, String> results = new ConcurrentHashMap<>();
    private final AtomicInteger bytes;
    private volatile TaskGraph graph;

    public TaskPayload(RegisteredTemplate template, TaskPart part) {
        this.template = template;
        this.part = part;
        this.graph = template.initialGraph();
        this.bytes = new AtomicInteger(1_000 + part.context().length());
    }

    public RegisteredTemplate template() {
        return template;
    }

    public TaskPart part() {
        return part;
    }

    /** The task's graph, as far as this node knows. */
    public TaskGraph graph() {
        return graph;
    }

    void know(TaskGraph known) {
        graph = known;
    }

    /** The stored result document of the step at {@code index}, null while unknown here. */
    public @Nullable String result(int index) {
        return results.get(index);
    }

    void addResult(int index, String document) {
        if (results.putIfAbsent(index, document) == null) {
            bytes.addAndGet(100 + document.length());
        }
    }

    int bytes() {
        return bytes.get();
    }
}
