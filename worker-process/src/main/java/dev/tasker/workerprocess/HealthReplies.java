package dev.tasker.workerprocess;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The probes (03 §1.13). They wait for nobody. */
final class HealthReplies {
    private static final String WORKER_TYPE = "command_processor";

    private final WorkerHealth health;
    private final WorkerIdentity identity;
    private final InstantSource clock;
    private final Instant startedAt;

    HealthReplies(WorkerHealth health, WorkerIdentity identity, InstantSource clock, Instant startedAt) {
        this.health = health;
        this.identity = identity;
        this.clock = clock;
        this.startedAt = startedAt;
    }

    List<Operation> operations() {
        return List.of(
                Operation.open(
                        "/health", "basic_health", "Whether the process answers", (_, _) -> Reply.ok(word("healthy"))),
                Operation.open(
                        "/health/live", "liveness_probe", "Whether it is alive", (_, _) -> Reply.ok(word("alive"))),
                Operation.open("/health/ready", "readiness_probe", "Whether it takes steps", (_, _) -> ready()),
                Operation.open("/health/detailed", "detailed_health", "Everything known", (_, _) -> detailed()));
    }

    private ObjectNode word(String status) {
        return Reply.object()
                .put("status", status)
                .put("timestamp", Reply.time(clock.instant()))
                .put("worker_id", identity.id());
    }

    private Reply ready() {
        List<Check> checks = health.readiness();
        if (!checks.stream().allMatch(Check::isHealthy)) {
            return Reply.error(
                    503,
                    "service_unavailable",
                    "Worker is not ready to process steps" + faults(checks),
                    clock.instant());
        }
        ObjectNode body = word("ready");
        writeChecks(body, checks);
        writeSystem(body, false);
        return Reply.ok(body);
    }

    private static String faults(List<Check> checks) {
        List<String> faults = checks.stream()
                .filter(check -> !check.isHealthy())
                .map(check -> check.name() + ": " + check.message())
                .toList();
        return " (" + String.join("; ", faults) + ")";
    }

    private Reply detailed() {
        List<Check> checks = health.all();
        ObjectNode body = word(checks.stream().allMatch(Check::isHealthy) ? "healthy" : "degraded");
        writeChecks(body, checks);
        writeSystem(body, true);
        body.putObject("distributed_cache")
                .put("enabled", false)
                .put("provider", "none")
                .put("healthy", true);
        return Reply.ok(body);
    }

    private void writeChecks(ObjectNode body, List<Check> checks) {
        ObjectNode node = body.putObject("checks");
        String now = Reply.time(clock.instant());
        for (Check check : checks) {
            node.putObject(check.name())
                    .put("status", check.verdict().text())
                    .put("message", check.message())
                    .put("duration_ms", 0)
                    .put("last_checked", now);
        }
    }

    private void writeSystem(ObjectNode body, boolean withPools) {
        WorkerHealth.Standing now = health.standing();
        ObjectNode system = body.putObject("system_info")
                .put("version", identity.version())
                .put("environment", identity.environment())
                .put("uptime_seconds", clock.instant().getEpochSecond() - startedAt.getEpochSecond())
                .put("worker_type", WORKER_TYPE)
                .put("database_pool_size", 0)
                .put("command_processor_active", now.status() == WorkerStatus.RUNNING);
        var namespaces = system.putArray("supported_namespaces");
        identity.namespaces().forEach(namespaces::add);
        if (withPools) {
            ObjectNode pools = system.putObject("pool_utilization");
            writeNoPool(pools.putObject("tasker_pool"));
            writeNoPool(pools.putObject("pgmq_pool"));
        }
    }

    /** A worker has no connections to a database, which clients expect in figures. */
    private static void writeNoPool(ObjectNode pool) {
        pool.put("active_connections", 0)
                .put("idle_connections", 0)
                .put("max_connections", 0)
                .put("utilization_percent", 0.0)
                .put("total_acquires", 0)
                .put("slow_acquires", 0)
                .put("acquire_errors", 0)
                .put("average_acquire_time_ms", 0.0)
                .put("max_acquire_time_ms", 0.0);
    }
}
