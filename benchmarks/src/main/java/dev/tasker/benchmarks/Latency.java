package dev.tasker.benchmarks;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Percentiles of create to complete, in milliseconds, of tasks run one after the other. */
public record Latency(double p50, double p90, double p99, double max) {

    static Latency of(Histogram nanos) {
        return new Latency(
                nanos.getValueAtPercentile(50) / 1e6,
                nanos.getValueAtPercentile(90) / 1e6,
                nanos.getValueAtPercentile(99) / 1e6,
                nanos.getMaxValue() / 1e6);
    }

    /** One JSON object. */
    String json() {
        return String.format(Locale.ROOT, "{\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f}", p50, p90, p99, max);
    }

    /** For people. */
    String text() {
        return String.format(Locale.ROOT, "P50 %.2f ms, P90 %.2f ms, P99 %.2f ms, max %.2f ms", p50, p90, p99, max);
    }
}
