package dev.tasker.engine.meter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/**
 * Collects the values of a {@link Histogram}: a short search and two additions each, nothing allocated. Thread-safe; a snapshot taken
 * beside a writer may lack its value in one place and have it in another.
 */
public final class Distribution {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long[] bounds;
    private final LongAdder[] buckets;
    private final LongAdder total = new LongAdder();
    private final double unit;
    private final double boundUnit;

    private Distribution(long unit, long bound, double boundUnit) {
        this.unit = unit;
        this.boundUnit = boundUnit;
        this.bounds =
                Histogram.BOUNDS.stream().mapToLong(number -> number * bound).toArray();
        this.buckets = new LongAdder[bounds.length + 1];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    /** Of durations, recorded in nanoseconds and shown in milliseconds. */
    public static Distribution ofMillis() {
        return new Distribution(NANOS_PER_MILLI, NANOS_PER_MILLI, 1);
    }

    /** Of durations, recorded in milliseconds and shown in seconds. */
    public static Distribution ofSeconds() {
        return new Distribution(1_000, 1_000, 1);
    }

    /** Of short durations, recorded in nanoseconds and shown in seconds, by bounds of milliseconds. */
    public static Distribution ofShortSeconds() {
        return new Distribution(1_000 * NANOS_PER_MILLI, NANOS_PER_MILLI, 0.001);
    }

    /** Of numbers. */
    public static Distribution ofNumbers() {
        return new Distribution(1, 1, 1);
    }

    /** One value, in the unit that it is recorded in. */
    public void record(long value) {
        int bucket = 0;
        while (bucket < bounds.length && value > bounds[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        total.add(value);
    }

    /** All values until now. */
    public Histogram snapshot() {
        long[] counts = LongStream.range(0, buckets.length)
                .map(i -> buckets[(int) i].sum())
                .toArray();
        List<Long> atMost = new ArrayList<>(bounds.length);
        long sum = 0;
        for (int i = 0; i < bounds.length; i++) {
            sum += counts[i];
            atMost.add(sum);
        }
        return new Histogram(sum + counts[bounds.length], total.sum() / unit, atMost, boundUnit);
    }
}
