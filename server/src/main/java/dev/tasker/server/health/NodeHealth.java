package dev.tasker.server.health;

import dev.tasker.engine.meter.Instrument;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The node's operational state and what its readiness depends on. Thread-safe. */
public final class NodeHealth {
    private final DatabaseProbe database;
    private final Supplier<PoolFigures> pool;
    private final BooleanSupplier engineHealthy;
    private final Supplier<List<Instrument>> instruments;
    private volatile OperationalState state = OperationalState.STARTUP;

    /** Asks the database for a sign of life. */
    @FunctionalInterface
    public interface DatabaseProbe {
        /** Returns when it gave one, throws when it did not. */
        void ask() throws Exception;
    }

    /** What else was measured of the node, for scrapes. */
    public List<Instrument> instruments() {
        return instruments.get();
    }

    /** @param engineHealthy whether the engine takes and commits commands; must not block */
    public NodeHealth(
            DatabaseProbe database,
            Supplier<PoolFigures> pool,
            BooleanSupplier engineHealthy,
            Supplier<List<Instrument>> instruments) {
        this.database = database;
        this.pool = pool;
        this.engineHealthy = engineHealthy;
        this.instruments = instruments;
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
        boolean up = failure == null;
        boolean commanding = engineHealthy.getAsBoolean();
        return List.of(
                new HealthCheck("web_database", up, up ? "web_database connected" : failure, tookMs),
                new HealthCheck(
                        "orchestration_database", up, up ? "orchestration_database connected" : failure, tookMs),
                new HealthCheck("circuit_breaker", true, "Circuit breaker state: Closed", 0),
                new HealthCheck(
                        "orchestration_system",
                        state == OperationalState.NORMAL,
                        "Operational state: " + state.text(),
                        0),
                new HealthCheck(
                        "command_processor",
                        commanding,
                        commanding ? null : "the commit lanes refuse commands or cannot reach the database",
                        0));
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
