package dev.tasker.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What this node's sweeps found, and what became of dead letters, since it started (01 §5.2). Named without the prefix {@code tasker.}.
 *
 * @param detectionRuns {@code staleness.detection_runs.total} {dry_run}
 * @param tasksDetected {@code staleness.tasks_detected.total} {state, time_in_state_minutes: 60-120, 120-360 or &gt;360}
 * @param tasksFailed {@code staleness.tasks_transitioned_to_error.total} {original_state, reason}
 * @param entriesCreated {@code dlq.entries_created.total} {dlq_reason, original_state}
 * @param detectionMillis {@code staleness.detection.duration}, sum over all runs
 * @param hoursInQueue {@code dlq.time_in_queue} {resolution_status, dlq_reason}: the closed ones by their hours
 */
public record StalenessMetrics(
        Map<Boolean, Long> detectionRuns,
        Map<Pair, Long> tasksDetected,
        Map<Pair, Long> tasksFailed,
        Map<Pair, Long> entriesCreated,
        long detectionMillis,
        Map<Pair, Histogram> hoursInQueue) {

    /** The values of two labels, in the order in which they are named. */
    public record Pair(String first, String second) {}

    /**
     * Values by size.
     *
     * @param total their sum
     * @param atMost of each of {@link #BOUNDS}, how many are not above it
     */
    public record Histogram(long count, double total, List<Long> atMost) {
        public static final List<Integer> BOUNDS =
                List.of(0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000);

        public Histogram {
            atMost = List.copyOf(atMost);
        }

        /** Of one value. */
        public static Histogram of(double value) {
            return new Histogram(
                    1,
                    value,
                    BOUNDS.stream().map(bound -> value <= bound ? 1L : 0L).toList());
        }

        /** Both together. */
        public Histogram plus(Histogram other) {
            List<Long> sums = new ArrayList<>();
            for (int i = 0; i < BOUNDS.size(); i++) {
                sums.add(atMost.get(i) + other.atMost.get(i));
            }
            return new Histogram(count + other.count, total + other.total, sums);
        }
    }
}
