package dev.tasker.server;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import dev.tasker.engine.meter.Distribution;
import dev.tasker.engine.meter.Histogram;
import dev.tasker.engine.meter.Instrument;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** How long callers wait for a connection of the pool. Thread-safe. */
final class PoolMeter implements IMetricsTracker {
    private static final String METER = "tasker-database";
    private static final List<String> POOL = List.of("tasker");

    private final long slowNanos;
    private final Distribution checkouts = Distribution.ofMillis();
    private final LongAdder slow = new LongAdder();
    private final LongAdder timeouts = new LongAdder();
    private final LongAccumulator longestNanos = new LongAccumulator(Math::max, 0);

    PoolMeter(Duration slow) {
        this.slowNanos = slow.toNanos();
    }

    @Override
    public void recordConnectionAcquiredNanos(long nanos) {
        checkouts.record(nanos);
        longestNanos.accumulate(nanos);
        if (nanos >= slowNanos) {
            slow.increment();
        }
    }

    @Override
    public void recordConnectionTimeout() {
        timeouts.increment();
    }

    Histogram checkouts() {
        return checkouts.snapshot();
    }

    long slow() {
        return slow.sum();
    }

    long timeouts() {
        return timeouts.sum();
    }

    double longestMs() {
        return longestNanos.get() / 1e6;
    }

    List<Instrument> instruments() {
        Histogram waits = checkouts.snapshot();
        return List.of(
                Instrument.counter(METER, "db.pool.checkouts", List.of("pool"), Map.of(POOL, waits.count())),
                Instrument.counter(
                        METER,
                        "db.connection.errors",
                        List.of("error_type"),
                        Map.of(List.of("pool_timeout"), timeouts.sum())),
                Instrument.histogram(METER, "db.pool.checkout.duration", "ms", List.of("pool"), Map.of(POOL, waits)));
    }
}
