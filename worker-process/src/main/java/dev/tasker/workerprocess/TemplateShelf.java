package dev.tasker.workerprocess;

import dev.tasker.template.TaskTemplate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the worker tells of its templates, over whatever protocol it is asked (03 §1.13). Thread-safe. */
final class TemplateShelf {
    private static final List<String> CAPABILITIES =
            List.of("command_processing", "database_access", "message_queues", "ffi_integration");

    private final ServedTemplates templates;
    private final WorkerIdentity identity;
    private final InstantSource clock;
    private final Instant startedAt;

    /**
     * The templates counted.
     *
     * @param statistics null: not asked for
     */
    record Listing(
            List<String> namespaces, long count, @Nullable Statistics statistics, List<String> capabilities) {}

    /** How often templates were asked for. They are kept for the life of the process, so nothing is ever evicted. */
    record Statistics(
            long total, long hits, long misses, long oldestAgeSeconds, double averageReads, List<String> namespaces) {}

    /**
     * One template as it runs here.
     *
     * @param reads how often it was asked for, this time included
     */
    record Found(TaskTemplate template, String environment, Instant resolvedAt, long ageSeconds, long reads) {}

    TemplateShelf(ServedTemplates templates, WorkerIdentity identity, InstantSource clock, Instant startedAt) {
        this.templates = templates;
        this.identity = identity;
        this.clock = clock;
        this.startedAt = startedAt;
    }

    /** @param namespace counts those of it; empty: all */
    Listing list(String namespace, boolean withStatistics) {
        long count = templates.all().stream()
                .filter(template -> namespace.isEmpty() || template.namespace().equals(namespace))
                .count();
        return new Listing(identity.namespaces(), count, withStatistics ? statistics() : null, CAPABILITIES);
    }

    /** The template, counted as asked for. */
    Optional<Found> find(String namespace, String name, String version) {
        return templates
                .read(namespace, name, version)
                .map(entry -> new Found(
                        entry.template(),
                        identity.environment(),
                        startedAt,
                        ageSeconds(),
                        entry.reads().get()));
    }

    /** What to say of one that is not here. */
    static String unknown(String namespace, String name, String version) {
        return "Template not found: " + namespace + "/" + name + "/" + version;
    }

    private Statistics statistics() {
        int cached = templates.all().size();
        return new Statistics(
                cached,
                templates.hits(),
                templates.misses(),
                cached == 0 ? 0 : ageSeconds(),
                cached == 0 ? 0.0 : (double) templates.hits() / cached,
                identity.namespaces());
    }

    private long ageSeconds() {
        return clock.instant().getEpochSecond() - startedAt.getEpochSecond();
    }
}
