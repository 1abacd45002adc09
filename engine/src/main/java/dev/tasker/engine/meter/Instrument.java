package dev.tasker.engine.meter;

import java.util.List;
import java.util.Map;

/**
 * One line of the table of 03 §4, with what was measured.
 *
 * @param meter which part of the system measured it
 * @param name as there, without {@code tasker.}; the unit is not part of it
 * @param unit {@code ms}, {@code s}, {@code h}, or empty
 * @param labels names of the labels, in the order of their values
 * @param values of a counter or gauge, by the values of the labels
 * @param distributions of a histogram, likewise
 */
public record Instrument(
        String meter,
        String name,
        Kind kind,
        String unit,
        List<String> labels,
        Map<List<String>, Long> values,
        Map<List<String>, Histogram> distributions) {

    /** What is measured. */
    public enum Kind {
        /** A number that only grows. */
        COUNTER,
        /** A number now. */
        GAUGE,
        /** Values by size. */
        HISTOGRAM
    }

    public Instrument {
        labels = List.copyOf(labels);
        values = Map.copyOf(values);
        distributions = Map.copyOf(distributions);
    }

    /** A counter. */
    public static Instrument counter(String meter, String name, List<String> labels, Map<List<String>, Long> values) {
        return new Instrument(meter, name, Kind.COUNTER, "", labels, values, Map.of());
    }

    /** A gauge. */
    public static Instrument gauge(String meter, String name, List<String> labels, Map<List<String>, Long> values) {
        return new Instrument(meter, name, Kind.GAUGE, "", labels, values, Map.of());
    }

    /** A histogram. */
    public static Instrument histogram(
            String meter, String name, String unit, List<String> labels, Map<List<String>, Histogram> values) {
        return new Instrument(meter, name, Kind.HISTOGRAM, unit, labels, Map.of(), values);
    }
}
