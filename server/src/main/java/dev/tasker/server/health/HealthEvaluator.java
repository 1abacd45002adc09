package dev.tasker.server.health;

import dev.tasker.engine.meter.Counters;
import dev.tasker.engine.meter.Distribution;
import dev.tasker.server.config.BackpressureConfig;
import dev.tasker.server.health.NodeHealth.DatabaseProbe;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every five seconds at what the process knows, and publishes a snapshot for whoever has to decide at once (02 §8.4). The engine
 * talks to the database every ten seconds of its own accord, so that one is asked only while the engine cannot reach it. Thread-safe.
 */
final class HealthEvaluator implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofSeconds(5);
    static final Duration STALE_AFTER = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(HealthEvaluator.class);

    private final DatabaseProbe database;
    private final BooleanSupplier engineHealthy;
    private final Supplier<List<LaneFill>> lanes;
    private final BackpressureConfig config;
    private final LongSupplier ticker;
    private final Distribution evaluations = Distribution.ofMillis();
    private final Distribution databaseChecks = Distribution.ofMillis();
    private final Counters errors = new Counters();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Thread thread; // guarded by this
    private volatile @Nullable HealthSnapshot last;

    HealthEvaluator(
            DatabaseProbe database,
            BooleanSupplier engineHealthy,
            Supplier<List<LaneFill>> lanes,
            BackpressureConfig config,
            LongSupplier ticker) {
        this.database = database;
        this.engineHealthy = engineHealthy;
        this.lanes = lanes;
        this.config = config;
        this.ticker = ticker;
    }

    /** Looks once, and goes on looking. */
    synchronized void start() {
        guardedRun();
        thread = Thread.ofVirtual().name("tasker-health").start(() -> {
            try {
                while (!stopping.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                    guardedRun();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void guardedRun() {
        try {
            runOnce();
        } catch (RuntimeException e) { // the next pass may do better; until then the last snapshot grows stale
            errors.count("evaluation");
            log.warn("the node's health could not be evaluated", e);
        }
    }

    /** One look. */
    void runOnce() {
        long began = ticker.getAsLong();
        String error = null;
        long databaseMs = 0;
        if (!engineHealthy.getAsBoolean()) {
            try {
                database.ask();
            } catch (Exception e) { // a failing probe is an answer, whatever it failed of
                error = String.valueOf(e.getMessage());
                errors.count("database");
            }
            long took = ticker.getAsLong() - began;
            databaseChecks.record(took);
            databaseMs = took / 1_000_000;
        }
        List<LaneFill> all = lanes.get();
        LaneFill fullest =
                all.stream().max(Comparator.comparingDouble(LaneFill::percent)).orElse(LaneFill.NONE);
        LaneFill deepest =
                all.stream().max(Comparator.comparingInt(LaneFill::depth)).orElse(LaneFill.NONE);
        long now = ticker.getAsLong();
        last = new HealthSnapshot(now, error, databaseMs, all, fullest, deepest, Tier.of(deepest.depth(), config));
        evaluations.record(now - began);
    }

    /** What was seen last, null when that is too long ago to be believed. */
    @Nullable
    HealthSnapshot snapshot() {
        HealthSnapshot seen = last;
        return seen == null || ticker.getAsLong() - seen.atNanos() > STALE_AFTER.toNanos() ? null : seen;
    }

    Distribution evaluations() {
        return evaluations;
    }

    Distribution databaseChecks() {
        return databaseChecks;
    }

    Counters errors() {
        return errors;
    }

    @Override
    public synchronized void close() {
        stopping.countDown();
        if (thread != null) {
            thread.interrupt();
        }
    }
}
