package dev.tasker.benchmarks;

import java.util.Locale;

/**
 * Figures of one run. Latency is create to complete of tasks run one after the other, in milliseconds; everything else is of the saturated
 * phase, completed tasks only.
 *
 * @param walBytesPerStep creation and context included
 * @param ceilingStepsPerSecond the same calls from two connections without a JVM between them, in the same run
 */
public record BenchReport(
        String scenario,
        String transport,
        int tasks,
        long steps,
        double tasksPerSecond,
        double stepsPerSecond,
        double p50,
        double p90,
        double p99,
        double max,
        double commitsPerStep,
        double walBytesPerStep,
        double ceilingStepsPerSecond) {

    public double ratioToCeiling() {
        return ceilingStepsPerSecond == 0 ? 0 : stepsPerSecond / ceilingStepsPerSecond;
    }

    /** One JSON object on one line. */
    public String json() {
        return String.format(
                Locale.ROOT,
                "{\"scenario\":\"%s\",\"transport\":\"%s\",\"tasks\":%d,\"steps\":%d,\"tasks_per_s\":%.1f,\"steps_per_s\":%.1f,"
                    + "\"latency_ms\":{\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f},\"commits_per_step\":%.4f,"
                    + "\"wal_bytes_per_step\":%.1f,\"ceiling_steps_per_s\":%.1f,\"ratio_to_ceiling\":%.3f}",
                scenario,
                transport,
                tasks,
                steps,
                tasksPerSecond,
                stepsPerSecond,
                p50,
                p90,
                p99,
                max,
                commitsPerStep,
                walBytesPerStep,
                ceilingStepsPerSecond,
                ratioToCeiling());
    }

    /** For people. */
    public String text() {
        return String.format(
                Locale.ROOT,
                """
                %s over %s: %d tasks, %d steps
                  latency      P50 %.2f ms, P90 %.2f ms, P99 %.2f ms, max %.2f ms
                  throughput   %,.0f steps/s, %,.0f tasks/s
                  cost         %.4f commits and %,.0f bytes of WAL per step
                  ceiling      %,.0f steps/s by SQL alone, ratio %.2f
                """,
                scenario,
                transport,
                tasks,
                steps,
                p50,
                p90,
                p99,
                max,
                stepsPerSecond,
                tasksPerSecond,
                commitsPerStep,
                walBytesPerStep,
                ceilingStepsPerSecond,
                ratioToCeiling());
    }
}
