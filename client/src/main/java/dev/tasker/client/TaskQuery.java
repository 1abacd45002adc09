package dev.tasker.client;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Which tasks to list, or to do something with. Immutable; every method adds a condition. */
public final class TaskQuery {
    private static final TaskQuery ALL = new TaskQuery(Map.of());

    private final Map<String, String> conditions;

    private TaskQuery(Map<String, String> conditions) {
        this.conditions = conditions;
    }

    /** Every task. */
    public static TaskQuery all() {
        return ALL;
    }

    public TaskQuery namespace(String namespace) {
        return with("namespace", namespace);
    }

    public TaskQuery name(String name) {
        return with("name", name);
    }

    public TaskQuery version(String version) {
        return with("version", version);
    }

    /** A state, or {@code completed}, {@code failed}, {@code active}; {@code pending} means every task that is not over (03 §1.5). */
    public TaskQuery status(String status) {
        return with("status", status);
    }

    /** In exactly one of these states. */
    public TaskQuery states(Collection<TaskState> states) {
        return with("state", states.stream().map(TaskState::text).collect(Collectors.joining(",")));
    }

    public TaskQuery initiator(String initiator) {
        return with("initiator", initiator);
    }

    public TaskQuery sourceSystem(String sourceSystem) {
        return with("source_system", sourceSystem);
    }

    public TaskQuery tag(String tag) {
        return with("tag", tag);
    }

    public TaskQuery createdAfter(Instant time) {
        return with("created_after", time.toString());
    }

    public TaskQuery createdBefore(Instant time) {
        return with("created_before", time.toString());
    }

    /**
     * With this value in its context: the string, or the number, {@code true}, {@code false} or {@code null} that it is.
     *
     * @param path keys and indexes of arrays with dots between them, such as {@code order.items.0.sku}
     */
    public TaskQuery context(String path, String value) {
        return with("context." + path, value);
    }

    /** With all these words in what people know a task by: name, namespace, version, initiator, source, reason, tags, the beginning of a uuid. */
    public TaskQuery words(String text) {
        return with("q", text);
    }

    /** By the names of the API. */
    Map<String, String> conditions() {
        return conditions;
    }

    private TaskQuery with(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(conditions);
        changed.put(name, value);
        return new TaskQuery(changed);
    }
}
