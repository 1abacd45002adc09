package dev.tasker.server.health;

import dev.tasker.engine.EngineMetrics;
import dev.tasker.server.api.Backpressure;
import dev.tasker.server.api.DatabaseBreaker;
import dev.tasker.server.health.HealthCheck.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The node's operational state and what its readiness depends on. Thread-safe. */
public final class NodeHealth {
    private final DatabaseProbe database;
    private final Supplier<PoolFigures> pool;
    private final BooleanSupplier engineHealthy;
    private final DatabaseBreaker breaker;
    private final Backpressure backpressure;
    private volatile OperationalState state = OperationalState.STARTUP;

    /** Asks the database for a sign of life. */
    @FunctionalInterface
    public interface DatabaseProbe {
        /** Returns when it gave one, throws when it did not. */
        void ask() throws Exception;
    }

    /** @param engineHealthy whether the engine takes and commits commands; must not block */
    public NodeHealth(
            DatabaseProbe database,
            Supplier<PoolFigures> pool,
            BooleanSupplier engineHealthy,
            DatabaseBreaker breaker,
            Backpressure backpressure) {
        this.database = database;
        this.pool = pool;
        this.engineHealthy = engineHealthy;
        this.breaker = breaker;
        this.backpressure = backpressure;
    }

    public DatabaseBreaker.State breakerState() {
        return breaker.state();
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

    /** The checks of {@code /health/ready} (03 §1.11). Takes one connection for as long as one query lasts. */
    public List<HealthCheck> readiness() {
        long began = System.nanoTime();
        String failure = databaseFailure();
        long tookMs = (System.nanoTime() - began) / 1_000_000;
        boolean commanding = engineHealthy.getAsBoolean();
        boolean normal = state == OperationalState.NORMAL;
        return List.of(
                connected("web_database", failure, tookMs),
                connected("orchestration_database", failure, tookMs),
                new HealthCheck(
                        "circuit_breaker",
                        breaker.state() == DatabaseBreaker.State.CLOSED ? Status.HEALTHY : Status.DEGRADED,
                        "Circuit breaker state: " + breaker.state().text(),
                        0),
                new HealthCheck(
                        "orchestration_system",
                        normal ? Status.HEALTHY : Status.UNHEALTHY,
                        "Operational state: " + state.text(),
                        0),
                new HealthCheck(
                        "command_processor",
                        commanding ? Status.HEALTHY : Status.UNHEALTHY,
                        commanding ? null : "the commit lanes refuse commands or cannot reach the database",
                        0));
    }

    /** The checks of {@code /health/detailed}: those of readiness, and how full the node is. */
    public List<HealthCheck> details() {
        List<HealthCheck> checks = new ArrayList<>(readiness());
        checks.add(poolUtilization());
        checks.add(queueDepth());
        checks.add(saturation());
        return checks;
    }

    private HealthCheck poolUtilization() {
        PoolFigures now = pool.get();
        double share = now.utilization();
        Status status = share > 0.95 ? Status.UNHEALTHY : share > 0.8 ? Status.DEGRADED : Status.HEALTHY;
        return new HealthCheck("pool_utilization", status, "tasker " + now.active() + "/" + now.max(), 0);
    }

    private HealthCheck queueDepth() {
        EngineMetrics.Lane lane = backpressure.deepest();
        Status status = lane.depth() >= Backpressure.CRITICAL
                ? Status.UNHEALTHY
                : lane.depth() >= Backpressure.WARNING ? Status.DEGRADED : Status.HEALTHY;
        return new HealthCheck(
                "queue_depth", status, "Queue '" + lane.name() + "' holds " + lane.depth() + " messages", 0);
    }

    private HealthCheck saturation() {
        double percent = backpressure.saturation();
        Status status = percent >= Backpressure.SATURATION_CRITICAL
                ? Status.UNHEALTHY
                : percent >= Backpressure.SATURATION_WARNING ? Status.DEGRADED : Status.HEALTHY;
        return new HealthCheck(
                "channel_saturation",
                status,
                String.format(Locale.ROOT, "fullest command channel at %.1f%%", percent),
                0);
    }

    private static HealthCheck connected(String name, @Nullable String failure, long tookMs) {
        return failure == null
                ? new HealthCheck(name, Status.HEALTHY, name + " connected", tookMs)
                : new HealthCheck(name, Status.UNHEALTHY, failure, tookMs);
    }

    private @Nullable String databaseFailure() {
        try {
            database.ask();
            return null;
        } catch (Exception e) { // a failing probe is an answer, whatever it failed of
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
    }
}
