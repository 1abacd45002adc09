package dev.tasker.server.health;

import dev.tasker.engine.meter.Instrument;
import dev.tasker.server.config.OperationsConfig;
import dev.tasker.server.health.HealthCheck.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The node's operational state, what its readiness depends on, and whether it takes new work. Thread-safe. */
public final class NodeHealth implements AutoCloseable {
    /** Callers of probes wait for five seconds and less. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);

    private final DatabaseProbe database;
    private final Duration answerMax;
    private final Supplier<PoolFigures> pool;
    private final BooleanSupplier engineHealthy;
    private final CircuitBreaker breaker;
    private final HealthEvaluator evaluator;
    private final Backpressure backpressure;
    private volatile OperationalState state = OperationalState.STARTUP;
    private @Nullable FutureTask<Optional<String>> question; // guarded by this

    /** Asks the database for a sign of life. */
    @FunctionalInterface
    public interface DatabaseProbe {
        /** Returns when it gave one, throws when it did not. */
        void ask() throws Exception;
    }

    /**
     * @param engineHealthy whether the engine reached the database lately; must not block
     * @param lanes how full the commit lanes are; must not block
     * @param ticker nanoseconds
     */
    public NodeHealth(
            DatabaseProbe database,
            Supplier<PoolFigures> pool,
            BooleanSupplier engineHealthy,
            Supplier<List<LaneFill>> lanes,
            OperationsConfig config,
            LongSupplier ticker) {
        this(database, ANSWER_MAX, pool, engineHealthy, lanes, config, ticker);
    }

    /** @param answerMax how long a probe waits for the database */
    NodeHealth(
            DatabaseProbe database,
            Duration answerMax,
            Supplier<PoolFigures> pool,
            BooleanSupplier engineHealthy,
            Supplier<List<LaneFill>> lanes,
            OperationsConfig config,
            LongSupplier ticker) {
        this.database = database;
        this.answerMax = answerMax;
        this.pool = pool;
        this.engineHealthy = engineHealthy;
        this.breaker = new CircuitBreaker(config.breaker(), ticker);
        this.evaluator = new HealthEvaluator(database, engineHealthy, lanes, config.backpressure(), ticker);
        this.backpressure =
                new Backpressure(breaker, evaluator, config.api().queues().getFirst());
    }

    /** Begins to look at the node every few seconds. */
    public void start() {
        evaluator.start();
    }

    /** Looks at the node now. */
    public void evaluate() {
        evaluator.runOnce();
    }

    @Override
    public void close() {
        evaluator.close();
    }

    public OperationalState state() {
        return state;
    }

    public void become(OperationalState newState) {
        state = newState;
    }

    public PoolFigures pool() {
        return pool.get();
    }

    /** The breaker between requests and the database; the same that the probes tell of. */
    public CircuitBreaker breaker() {
        return breaker;
    }

    public Backpressure backpressure() {
        return backpressure;
    }

    /** What is measured of the node's health, for scrapes. */
    public List<Instrument> instruments() {
        return HealthInstruments.of(evaluator, breaker, backpressure);
    }

    /**
     * The checks of {@code /health/ready} (03 §1.11). Takes one connection for as long as one query lasts, and no longer than three seconds:
     * a pool without a connection may take longer to say so than any caller waits.
     */
    public List<HealthCheck> readiness() {
        long began = System.nanoTime();
        String failure = databaseFailure();
        long tookMs = (System.nanoTime() - began) / 1_000_000;
        CircuitBreaker.State breakerState = breaker.state();
        return List.of(
                connected("web_database", failure, tookMs),
                connected("orchestration_database", failure, tookMs),
                HealthCheck.of(
                        "circuit_breaker",
                        breakerState == CircuitBreaker.State.CLOSED ? Status.HEALTHY : Status.DEGRADED,
                        "Circuit breaker state: " + breakerState.text()),
                HealthCheck.of(
                        "orchestration_system",
                        state == OperationalState.NORMAL ? Status.HEALTHY : Status.UNHEALTHY,
                        "Operational state: " + state.text()),
                commanding(failure == null));
    }

    /** The checks of {@code /health/detailed}. */
    public List<HealthCheck> details() {
        List<HealthCheck> checks = new ArrayList<>(readiness());
        checks.add(utilization(pool.get()));
        HealthSnapshot seen = evaluator.snapshot();
        checks.add(depth(seen));
        checks.add(saturation(seen));
        return List.copyOf(checks);
    }

    private static HealthCheck connected(String name, @Nullable String failure, long tookMs) {
        return failure == null
                ? new HealthCheck(name, Status.HEALTHY, name + " connected", tookMs)
                : new HealthCheck(name, Status.UNHEALTHY, failure, tookMs);
    }

    private HealthCheck commanding(boolean databaseUp) {
        if (!engineHealthy.getAsBoolean()) {
            return HealthCheck.of("command_processor", Status.UNHEALTHY, "the commit lanes cannot reach the database");
        }
        return databaseUp
                ? HealthCheck.of("command_processor", Status.HEALTHY, null)
                : HealthCheck.of("command_processor", Status.DEGRADED, "the pool cannot reach the database");
    }

    private static HealthCheck utilization(PoolFigures figures) {
        double percent = figures.utilizationPercent();
        Status status = percent > 95 ? Status.UNHEALTHY : percent > 80 ? Status.DEGRADED : Status.HEALTHY;
        return HealthCheck.of("pool_utilization", status, "tasker " + figures.active() + "/" + figures.max());
    }

    private static HealthCheck depth(@Nullable HealthSnapshot seen) {
        if (seen == null) {
            return HealthCheck.of("queue_depth", Status.UNKNOWN, null);
        }
        String message = seen.deepest().name() + ": " + seen.deepest().depth() + " commands";
        return switch (seen.tier()) {
            case UNKNOWN -> HealthCheck.of("queue_depth", Status.UNKNOWN, null);
            case NORMAL -> HealthCheck.of("queue_depth", Status.HEALTHY, message);
            case WARNING -> HealthCheck.of("queue_depth", Status.DEGRADED, message);
            case CRITICAL, OVERFLOW -> HealthCheck.of("queue_depth", Status.UNHEALTHY, message);
        };
    }

    private static HealthCheck saturation(@Nullable HealthSnapshot seen) {
        if (seen == null) {
            return HealthCheck.of("channel_saturation", Status.UNKNOWN, null);
        }
        double percent = seen.fullest().percent();
        Status status = percent >= Backpressure.CHANNEL_CRITICAL_PERCENT
                ? Status.UNHEALTHY
                : percent >= Backpressure.CHANNEL_WARNING_PERCENT ? Status.DEGRADED : Status.HEALTHY;
        return HealthCheck.of(
                "channel_saturation",
                status,
                "%s: %.1f%%".formatted(seen.fullest().name(), percent));
    }

    private @Nullable String databaseFailure() {
        try {
            return question().get(answerMax.toMillis(), TimeUnit.MILLISECONDS).orElse(null);
        } catch (TimeoutException e) {
            return "no answer within " + answerMax.toMillis() + " ms";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** One at a time: while the database is silent, all probes wait for the same answer. */
    private synchronized FutureTask<Optional<String>> question() {
        FutureTask<Optional<String>> asked = question;
        if (asked == null || asked.isDone()) {
            asked = new FutureTask<>(this::ask);
            question = asked;
            Thread.ofVirtual().name("database-probe").start(asked);
        }
        return asked;
    }

    /** What is wrong, empty when nothing is. */
    private Optional<String> ask() {
        try {
            database.ask();
            return Optional.empty();
        } catch (Exception e) { // a failing probe is an answer, whatever it failed of
            return Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }
}
