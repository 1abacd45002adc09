package dev.tasker.engine;

import dev.tasker.engine.meter.Histogram;
import java.util.Map;

/**
 * What this node's sweeps found, and what became of dead letters, since it started (01 §5.2). Named without the prefix {@code tasker.}.
 *
 * @param detectionRuns {@code staleness.detection_runs.total} {dry_run}
 * @param tasksDetected {@code staleness.tasks_detected.total} {state, time_in_state_minutes: 60-120, 120-360 or &gt;360}
 * @param tasksFailed {@code staleness.tasks_transitioned_to_error.total} {original_state, reason}
 * @param entriesCreated {@code dlq.entries_created.total} {dlq_reason, original_state}
 * @param detectionMillis {@code staleness.detection.duration} {dry_run}
 * @param hoursInQueue {@code dlq.time_in_queue} {resolution_status, dlq_reason}: the closed ones by their hours
 */
public record StalenessMetrics(
        Map<Boolean, Long> detectionRuns,
        Map<Pair, Long> tasksDetected,
        Map<Pair, Long> tasksFailed,
        Map<Pair, Long> entriesCreated,
        Map<Boolean, Histogram> detectionMillis,
        Map<Pair, Histogram> hoursInQueue) {

    /** The values of two labels, in the order in which they are named. */
    public record Pair(String first, String second) {}
}
