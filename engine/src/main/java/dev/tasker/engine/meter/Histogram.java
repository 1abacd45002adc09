package dev.tasker.engine.meter;

import java.util.ArrayList;
import java.util.List;

/**
 * Values by size.
 *
 * @param total their sum
 * @param atMost of each of {@link #BOUNDS}, how many are not above it
 * @param boundUnit how much of the unit shown a bound's 1 is
 */
public record Histogram(long count, double total, List<Long> atMost, double boundUnit) {
    public static final List<Integer> BOUNDS =
            List.of(0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000);

    public Histogram {
        atMost = List.copyOf(atMost);
    }

    /** Of one value. */
    public static Histogram of(double value) {
        return new Histogram(
                1, value, BOUNDS.stream().map(bound -> value <= bound ? 1L : 0L).toList(), 1);
    }

    /** Both together. */
    public Histogram plus(Histogram other) {
        List<Long> sums = new ArrayList<>();
        for (int i = 0; i < BOUNDS.size(); i++) {
            sums.add(atMost.get(i) + other.atMost.get(i));
        }
        return new Histogram(count + other.count, total + other.total, sums, boundUnit);
    }
}
