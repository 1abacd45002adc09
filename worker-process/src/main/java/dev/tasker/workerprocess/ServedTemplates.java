package dev.tasker.workerprocess;

import dev.tasker.template.TaskTemplate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** The templates a worker serves, as they run in its environment; kept for its whole life. Counts who asks for them. Thread-safe. */
final class ServedTemplates {
    private final Map<String, Entry> entries = new TreeMap<>();
    private final AtomicLong misses = new AtomicLong();

    /** A template and how often it was asked for. */
    record Entry(TaskTemplate template, AtomicLong reads) {}

    ServedTemplates(Collection<TaskTemplate> templates, String environment) {
        for (TaskTemplate template : templates) {
            entries.put(template.key(), new Entry(template.withEnvironment(environment), new AtomicLong()));
        }
    }

    /** The template, with its count raised. */
    Optional<Entry> read(String namespace, String name, String version) {
        Entry entry = entries.get(namespace + "/" + name + "/" + version);
        (entry == null ? misses : entry.reads()).incrementAndGet();
        return Optional.ofNullable(entry);
    }

    List<TaskTemplate> all() {
        return entries.values().stream().map(Entry::template).toList();
    }

    long hits() {
        return entries.values().stream().mapToLong(entry -> entry.reads().get()).sum();
    }

    long misses() {
        return misses.get();
    }
}
