package dev.tasker.server.rest;

import dev.tasker.server.health.HealthCheck;
import dev.tasker.server.health.NodeHealth;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

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
                Route.open("GET", "/health/ready", _ -> ready()),
                Route.open("GET", "/health/detailed", _ -> detailed()),
                Route.open("GET", "/live", _ -> word("alive")),
                Route.open("GET", "/ready", _ -> ready()));
    }

    private Reply word(String status) {
        return Reply.ok(new JsonWriter()
                .openObject()
                .text("status", status)
                .time("timestamp", Timestamps.OFFSET, clock.instant())
                .closeObject()
                .toBytes());
    }

    private Reply ready() throws InterruptedException {
        List<HealthCheck> checks = timeLimit.call(health::readiness);
        if (checks.stream().allMatch(HealthCheck::healthy)) {
            JsonWriter json = new JsonWriter()
                    .openObject()
                    .text("status", "ready")
                    .time("timestamp", Timestamps.OFFSET, clock.instant());
            writeChecks(json, checks);
            writeIdentity(json);
            return Reply.ok(json.closeObject().toBytes());
        }
        JsonWriter json = new JsonWriter().openObject();
        Problem.UNAVAILABLE.writeError(json);
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
        writeIdentity(json);
        return Reply.ok(json.closeObject().toBytes());
    }

    private static void writeChecks(JsonWriter json, List<HealthCheck> checks) {
        json.openObject("checks");
        for (HealthCheck check : checks) {
            json.openObject(check.name())
                    .text("status", check.status().name().toLowerCase(Locale.ROOT))
                    .text("message", check.message())
                    .number("duration_ms", check.durationMs())
                    .closeObject();
        }
        json.closeObject();
    }

    private void writeIdentity(JsonWriter json) {
        int poolSize = health.pool().max();
        json.openObject("info")
                .text("version", identity.version())
                .text("environment", identity.environment())
                .text("operational_state", health.state().text())
                .number("web_database_pool_size", poolSize)
                .number("orchestration_database_pool_size", poolSize)
                .text("circuit_breaker_state", health.breakerState().text())
                .closeObject();
    }
}
