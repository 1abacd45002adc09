package dev.tasker.benchmarks;

import java.util.Locale;

/**
 * Figures of one run; everything but the latencies is of the saturated phase, completed tasks only.
 *
 * @param firstLatency of the first sequential phase after the first load, while the compiler still works on the client's way in
 * @param latency of the sequential phase after several of them
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
        Latency firstLatency,
        Latency latency,
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
                    + "\"first_latency_ms\":%s,\"latency_ms\":%s,\"commits_per_step\":%.4f,"
                    + "\"wal_bytes_per_step\":%.1f,\"ceiling_steps_per_s\":%.1f,\"ratio_to_ceiling\":%.3f}",
                scenario,
                transport,
                tasks,
                steps,
                tasksPerSecond,
                stepsPerSecond,
                firstLatency.json(),
                latency.json(),
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
                  latency      %s
                  at first     %s
                  throughput   %,.0f steps/s, %,.0f tasks/s
                  cost         %.4f commits and %,.0f bytes of WAL per step
                  ceiling      %,.0f steps/s by SQL alone, ratio %.2f
                """,
                scenario,
                transport,
                tasks,
                steps,
                latency.text(),
                firstLatency.text(),
                stepsPerSecond,
                tasksPerSecond,
                commitsPerStep,
                walBytesPerStep,
                ceilingStepsPerSecond,
                ratioToCeiling());
    }
}
