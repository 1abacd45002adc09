package dev.tasker.engine.internal.recovery;

import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.ResolutionStatus;
import dev.tasker.engine.StaleTask;
import dev.tasker.engine.StalenessMetrics;
import dev.tasker.engine.StalenessMetrics.Pair;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.meter.Histogram;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts what sweeps find and what becomes of dead letters. Labels are bounded: states, reasons, statuses. Thread-safe. */
public final class StalenessCounters {
    private final Map<Boolean, Long> runs = new HashMap<>();
    private final Map<Pair, Long> detected = new HashMap<>();
    private final Map<Pair, Long> failed = new HashMap<>();
    private final Map<Pair, Long> entries = new HashMap<>();
    private final Map<Pair, Histogram> hours = new HashMap<>();
    private final Map<Boolean, Histogram> millis = new HashMap<>();

    synchronized void swept(boolean dryRun, Duration duration) {
        runs.merge(dryRun, 1L, Long::sum);
        millis.merge(dryRun, Histogram.of((double) duration.toMillis()), Histogram::plus);
    }

    synchronized void judged(List<StaleTask> tasks) {
        for (StaleTask task : tasks) {
            String state = task.state().text();
            if (task.reason() == DeadLetterReason.STALENESS_TIMEOUT) {
                detected.merge(new Pair(state, bucket(task.minutesInState())), 1L, Long::sum);
            }
            if (task.failed()) {
                failed.merge(new Pair(state, task.reason().text()), 1L, Long::sum);
            }
            if (task.entered()) {
                entered(task.reason(), task.state());
            }
        }
    }

    synchronized void entered(DeadLetterReason reason, TaskState state) {
        entries.merge(new Pair(reason.text(), state.text()), 1L, Long::sum);
    }

    synchronized void closed(ResolutionStatus status, String reason, double hoursInQueue) {
        hours.merge(new Pair(status.text(), reason), Histogram.of(hoursInQueue), Histogram::plus);
    }

    public synchronized StalenessMetrics snapshot() {
        return new StalenessMetrics(
                Map.copyOf(runs),
                Map.copyOf(detected),
                Map.copyOf(failed),
                Map.copyOf(entries),
                Map.copyOf(millis),
                Map.copyOf(hours));
    }

    /** The lowest bucket holds whatever a threshold below two hours finds. */
    private static String bucket(int minutes) {
        if (minutes <= 120) {
            return "60-120";
        }
        return minutes <= 360 ? "120-360" : ">360";
    }
}
