package dev.tasker.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Where time is lost, and what to do about it (03 §1.8).
 *
 * @param slowSteps slowest average first
 * @param slowTasks slowest average first
 * @param poolUtilization busy connections as a part of all, 0 to 1
 */
public record Bottlenecks(
        List<StepPerformance> slowSteps, List<TaskPerformance> slowTasks, double poolUtilization, SystemHealth health) {
    private static final double ERROR_RATE = 0.2;
    private static final double POOL_UTILIZATION = 0.8;
    private static final double AVERAGE_SECONDS = 30;

    public Bottlenecks {
        slowSteps = List.copyOf(slowSteps);
        slowTasks = List.copyOf(slowTasks);
    }

    /** Recommendations in the words of 03 §1.8; none when nothing is out of bounds. */
    public List<String> recommendations() {
        List<String> words = new ArrayList<>();
        double errors =
                slowSteps.stream().mapToDouble(StepPerformance::errorRate).max().orElse(0);
        if (errors > ERROR_RATE) {
            words.add(String.format(
                    Locale.ROOT,
                    "High error rate detected (%.1f%%). Review error handling and retry logic.",
                    errors * 100));
        }
        if (poolUtilization > POOL_UTILIZATION) {
            words.add(String.format(
                    Locale.ROOT,
                    "Database pool utilization is high (%.0f%%). Consider increasing pool size or optimizing queries.",
                    poolUtilization * 100));
        }
        slowSteps.stream()
                .max(Comparator.comparingDouble(StepPerformance::averageDurationSeconds))
                .filter(step -> step.averageDurationSeconds() > AVERAGE_SECONDS)
                .ifPresent(step -> words.add(String.format(
                        Locale.ROOT,
                        "Step '%s/%s@%s::%s' averages %.1fs. Consider optimization or timeout adjustment.",
                        step.namespace(),
                        step.task(),
                        step.version(),
                        step.step(),
                        step.averageDurationSeconds())));
        return words;
    }
}
