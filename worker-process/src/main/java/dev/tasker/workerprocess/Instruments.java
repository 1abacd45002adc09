package dev.tasker.workerprocess;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** Makes the series of one registry, each with the name of its meter (03 §4.1). */
final class Instruments {
    private static final Labels SCOPE = Labels.of("otel_scope_name", "tasker-worker");
    private static final double[] BUCKETS = {
        0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000
    };

    private final PrometheusRegistry registry;

    Instruments(PrometheusRegistry registry) {
        this.registry = registry;
    }

    /** A counter; one without labels is there from the start. */
    Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .constLabels(SCOPE)
                .register(registry);
    }

    /** A histogram of milliseconds. */
    Histogram histogram(String name, String help, String... labels) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .constLabels(SCOPE)
                .classicOnly()
                .classicUpperBounds(BUCKETS)
                .register(registry);
    }

    /** A gauge that is asked when it is read. */
    void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .constLabels(SCOPE)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /** The same with one series for each value of a label. */
    void gauges(String name, String help, String label, Supplier<Map<String, Double>> values) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .constLabels(SCOPE)
                .callback(callback -> values.get().forEach((word, value) -> callback.call(value, word)))
                .register(registry);
    }

    /** The checks: 0 healthy, 1 degraded, 2 unhealthy. */
    void health(Supplier<List<Check>> checks) {
        GaugeWithCallback.builder()
                .name("tasker_worker_channel_health")
                .help("How the worker judges itself: 0 healthy, 1 degraded, 2 unhealthy")
                .labelNames("channel_name", "component")
                .constLabels(SCOPE)
                .callback(callback -> checks.get()
                        .forEach(check -> callback.call(check.verdict().level(), check.name(), "worker")))
                .register(registry);
    }

    /** A series that only carries labels; its name ends in {@code _info}. */
    void labels(String name, String help, Labels labels) {
        Info.builder().name(name).help(help).constLabels(labels.merge(SCOPE)).register(registry);
    }
}
