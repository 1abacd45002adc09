package dev.tasker.engine.meter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** One counter for each combination of label values that was met; the caller sees to it that there are few. Thread-safe. */
public final class Counters {
    private final Map<List<String>, LongAdder> adders = new ConcurrentHashMap<>();

    /** Adds one. */
    public void count(String... labels) {
        add(1, labels);
    }

    /** Adds {@code count}. */
    public void add(long count, String... labels) {
        adders.computeIfAbsent(List.of(labels), _ -> new LongAdder()).add(count);
    }

    /** All of them, by the values of their labels. */
    public Map<List<String>, Long> snapshot() {
        Map<List<String>, Long> sums = new HashMap<>();
        adders.forEach((labels, adder) -> sums.put(labels, adder.sum()));
        return Map.copyOf(sums);
    }
}
