package dev.tasker.server.rest;

import dev.tasker.server.health.HealthCheck;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.PoolFigures;
import dev.tasker.server.health.ServerIdentity;
import dev.tasker.server.json.JsonWriter;
import dev.tasker.server.json.Timestamps;
import java.time.InstantSource;
import java.util.List;

/** Probes (03 §1.11). Served in every operational state. */
final class HealthRoutes {
    private final NodeHealth health;
    private final TimeLimit timeLimit;
    private final InstantSource clock;
    private final ServerIdentity identity;

    HealthRoutes(NodeHealth health, TimeLimit timeLimit, InstantSource clock, ServerIdentity identity) {
        this.health = health;
        this.timeLimit = timeLimit;
        this.clock = clock;
        this.identity = identity;
    }

    List<Route> routes() {
        return List.of(
                Route.open("GET", "/health", _ -> word("healthy")),
                Route.open("GET", "/health/live", _ -> word("alive")),
                Route.open("GET", "/health/ready", this::ready),
                Route.open("GET", "/health/detailed", _ -> detailed()),
                Route.open("GET", "/live", _ -> word("alive")),
                Route.open("GET", "/ready", this::ready));
    }

    private Reply word(String status) {
        return Reply.ok(new JsonWriter()
                .openObject()
                .text("status", status)
                .time("timestamp", Timestamps.OFFSET, clock.instant())
                .closeObject()
                .toBytes());
    }

    private Reply ready(Call call) throws InterruptedException {
        List<HealthCheck> checks = timeLimit.call(health::readiness);
        if (checks.stream().allMatch(HealthCheck::healthy)) {
            JsonWriter json = new JsonWriter()
                    .openObject()
                    .text("status", "ready")
                    .time("timestamp", Timestamps.OFFSET, clock.instant());
            writeChecks(json, checks);
            json.openObject("info");
            writeIdentity(json);
            json.closeObject();
            return Reply.ok(json.closeObject().toBytes());
        }
        JsonWriter json = new JsonWriter().openObject();
        Problem.UNAVAILABLE.writeError(json, call.requestId());
        json.text("status", "not_ready");
        writeChecks(json, checks);
        return Reply.json(Problem.UNAVAILABLE.status(), json.closeObject().toBytes());
    }

    private Reply detailed() throws InterruptedException {
        List<HealthCheck> checks = timeLimit.call(health::details);
        boolean healthy = checks.stream().allMatch(HealthCheck::healthy);
        JsonWriter json = new JsonWriter()
                .openObject()
                .text("status", healthy ? "healthy" : "degraded")
                .time("timestamp", Timestamps.OFFSET, clock.instant());
        writeChecks(json, checks);
        json.openObject("info");
        writeIdentity(json);
        PoolFigures pool = health.pool();
        json.openObject("pool_utilization");
        writePool(json, "tasker_pool", pool);
        writePool(json, "pgmq_pool", pool);
        return Reply.ok(json.closeObject().closeObject().closeObject().toBytes());
    }

    private static void writeChecks(JsonWriter json, List<HealthCheck> checks) {
        json.openObject("checks");
        for (HealthCheck check : checks) {
            json.openObject(check.name())
                    .text("status", check.status().text())
                    .text("message", check.message())
                    .number("duration_ms", check.durationMs())
                    .closeObject();
        }
        json.closeObject();
    }

    private void writeIdentity(JsonWriter json) {
        int poolSize = health.pool().max();
        json.text("version", identity.version())
                .text("environment", identity.environment())
                .text("operational_state", health.state().text())
                .number("web_database_pool_size", poolSize)
                .number("orchestration_database_pool_size", poolSize)
                .text("circuit_breaker_state", health.breaker().state().text());
    }

    /** One pool serves both of the earlier system's. */
    private static void writePool(JsonWriter json, String name, PoolFigures pool) {
        json.openObject(name)
                .number("active_connections", pool.active())
                .number("idle_connections", pool.idle())
                .number("max_connections", pool.max())
                .fraction("utilization_percent", pool.utilizationPercent())
                .number("total_acquires", pool.acquires())
                .number("slow_acquires", pool.slow())
                .number("acquire_errors", pool.errors())
                .fraction("average_acquire_time_ms", pool.averageWaitMs())
                .fraction("max_acquire_time_ms", pool.longestWaitMs())
                .closeObject();
    }
}
