package dev.tasker.workerprocess;

import dev.tasker.worker.Assignment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The steps leased to a worker, from the assignment to the answer. Thread-safe. */
final class StepsUnderWay {
    private final ConcurrentMap<Assignment, Entry> entries = new ConcurrentHashMap<>();
    private final LongSupplier ticker;
    private volatile List<String> namespaces = List.of();

    private enum Phase {
        WAITING,
        RUNNING,
        REPORTED
    }

    /**
     * How far a step has come.
     *
     * @param sinceNanos when the phase began
     */
    private record Entry(String namespace, Phase phase, long sinceNanos) {}

    StepsUnderWay(LongSupplier ticker) {
        this.ticker = ticker;
    }

    /** Counts steps of these from now on even while there are none: a series that comes and goes cannot be watched. */
    void expect(List<String> served) {
        namespaces = List.copyOf(served);
    }

    void assigned(Assignment assignment) {
        enter(assignment, Phase.WAITING);
    }

    void started(Assignment assignment) {
        enter(assignment, Phase.RUNNING);
    }

    void reported(Assignment assignment) {
        enter(assignment, Phase.REPORTED);
    }

    /** Forgets a step; when its outcome was settled, null when it was not. */
    @Nullable
    Long ended(Assignment assignment) {
        Entry entry = entries.remove(assignment);
        return entry == null || entry.phase() != Phase.REPORTED ? null : entry.sinceNanos();
    }

    private void enter(Assignment assignment, Phase phase) {
        entries.put(assignment, new Entry(assignment.task().namespace(), phase, ticker.getAsLong()));
    }

    /** Handlers that run, by namespace. */
    Map<String, Double> running() {
        return count(Phase.RUNNING);
    }

    /** Steps whose handler has not begun, by namespace. */
    Map<String, Double> waiting() {
        return count(Phase.WAITING);
    }

    /** How long the oldest of those has waited, by namespace. */
    Map<String, Double> oldestWaitingSeconds() {
        Map<String, Double> ages = zeros();
        long now = ticker.getAsLong();
        for (Entry entry : entries.values()) {
            if (entry.phase() == Phase.WAITING) {
                double seconds = (double) (now - entry.sinceNanos()) / TimeUnit.SECONDS.toNanos(1);
                ages.merge(entry.namespace(), seconds, Math::max);
            }
        }
        return ages;
    }

    private Map<String, Double> count(Phase phase) {
        Map<String, Double> counts = zeros();
        for (Entry entry : entries.values()) {
            if (entry.phase() == phase) {
                counts.merge(entry.namespace(), 1.0, Double::sum);
            }
        }
        return counts;
    }

    private Map<String, Double> zeros() {
        Map<String, Double> zeros = new TreeMap<>();
        namespaces.forEach(namespace -> zeros.put(namespace, 0.0));
        return zeros;
    }
}
