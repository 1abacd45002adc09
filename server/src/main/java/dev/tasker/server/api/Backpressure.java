package dev.tasker.server.api;

import dev.tasker.engine.EngineMetrics;
import dev.tasker.engine.LaneConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Refuses new tasks when the node cannot keep up (03 §1.3). Looks at the commands that wait in the commit lanes, never at the backlog of ready
 * steps; the figures may be a second old. Thread-safe.
 */
public final class Backpressure {
    /** Commands of a lane from which on a check of its depth warns. */
    public static final int WARNING = 1_000;

    /** Likewise, refuses. */
    public static final int CRITICAL = 5_000;

    /** Likewise, refuses for longer. */
    static final int OVERFLOW = 10_000;

    /** Percent of a lane's room from which on it warns. */
    public static final double SATURATION_WARNING = 70;

    /** Likewise, refuses. */
    public static final double SATURATION_CRITICAL = 80;

    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final DatabaseBreaker breaker;
    private final Supplier<List<EngineMetrics.Lane>> lanes;
    private final LaneConfig bounds;
    private final LongSupplier nanos;
    private volatile Look last;

    private record Look(long at, List<EngineMetrics.Lane> lanes) {}

    /** @param nanos a clock for durations */
    public Backpressure(
            DatabaseBreaker breaker, Supplier<List<EngineMetrics.Lane>> lanes, LaneConfig bounds, LongSupplier nanos) {
        this.breaker = breaker;
        this.lanes = lanes;
        this.bounds = bounds;
        this.nanos = nanos;
        this.last = new Look(nanos.getAsLong(), lanes.get());
    }

    /** The fullest lane as the last look found it. */
    public EngineMetrics.Lane deepest() {
        return look().stream()
                .max((one, other) -> Integer.compare(one.depth(), other.depth()))
                .orElseThrow(() -> new IllegalStateException("a node has lanes"));
    }

    /** How full the fullest lane is, in percent of its commands or bytes. */
    public double saturation() {
        return look().stream()
                .mapToDouble(lane -> Math.max(
                        100.0 * lane.depth() / bounds.queueCommandsMax(),
                        100.0 * lane.queuedBytes() / bounds.queueBytesMax()))
                .max()
                .orElse(0);
    }

    /** Returns when a task may be created; the first reason against it is thrown. */
    void check() {
        if (breaker.state() == DatabaseBreaker.State.OPEN) {
            throw refusal("Circuit breaker open", 30);
        }
        double saturation = saturation();
        if (saturation >= SATURATION_CRITICAL) {
            throw refusal(String.format(Locale.ROOT, "Command channel critically saturated (%.1f%%)", saturation), 15);
        }
        EngineMetrics.Lane lane = deepest();
        if (lane.depth() >= OVERFLOW) {
            throw refusal("Queue '" + lane.name() + "' at overflow depth (" + lane.depth() + " messages)", 60);
        }
        if (lane.depth() >= CRITICAL) {
            throw refusal("Queue '" + lane.name() + "' at critical depth (" + lane.depth() + " messages)", 30);
        }
    }

    private List<EngineMetrics.Lane> look() {
        Look look = last;
        long now = nanos.getAsLong();
        if (now - look.at() < FRESH_NANOS) {
            return look.lanes();
        }
        look = new Look(now, lanes.get());
        last = look;
        return look.lanes();
    }

    private static RefusedOperationException refusal(String reason, int retryAfterSeconds) {
        return RefusedOperationException.backpressure(reason, retryAfterSeconds);
    }
}
