package dev.tasker.engine.meter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** One distribution for each combination of label values that was met; the caller sees to it that there are few. Thread-safe. */
public final class Distributions {
    private final Supplier<Distribution> factory;
    private final Map<List<String>, Distribution> distributions = new ConcurrentHashMap<>();

    public Distributions(Supplier<Distribution> factory) {
        this.factory = factory;
    }

    /** That of one combination. */
    public Distribution of(String... labels) {
        return distributions.computeIfAbsent(List.of(labels), _ -> factory.get());
    }

    /** All of them, by the values of their labels. */
    public Map<List<String>, Histogram> snapshot() {
        Map<List<String>, Histogram> histograms = new HashMap<>();
        distributions.forEach((labels, distribution) -> histograms.put(labels, distribution.snapshot()));
        return Map.copyOf(histograms);
    }
}
