package dev.tasker.workerprocess;

import dev.tasker.workerprocess.WorkerProbes.Facts;
import dev.tasker.workerprocess.WorkerProbes.Report;
import dev.tasker.workerprocess.WorkerProbes.Word;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The probes over REST (03 §1.13). */
final class HealthReplies {
    private final WorkerProbes probes;

    HealthReplies(WorkerProbes probes) {
        this.probes = probes;
    }

    List<Operation> operations() {
        return List.of(
                Operation.open(
                        "/health",
                        "basic_health",
                        "Whether the process answers",
                        (_, _) -> Reply.ok(body(probes.basic()))),
                Operation.open(
                        "/health/live",
                        "liveness_probe",
                        "Whether it is alive",
                        (_, _) -> Reply.ok(body(probes.live()))),
                Operation.open("/health/ready", "readiness_probe", "Whether it takes steps", (_, _) -> ready())
                        .refusing(503),
                Operation.open("/health/detailed", "detailed_health", "Everything known", (_, _) -> detailed()));
    }

    private static ObjectNode body(Word word) {
        return Reply.object()
                .put("status", word.status())
                .put("timestamp", Reply.time(word.time()))
                .put("worker_id", word.workerId());
    }

    private Reply ready() {
        Report report = probes.readiness();
        if (!report.isHealthy()) {
            return Reply.error(
                    503,
                    "service_unavailable",
                    "Worker is not ready to process steps" + faults(report.checks()),
                    report.word().time());
        }
        ObjectNode body = body(report.word());
        writeChecks(body, report);
        writeFacts(body, report.facts());
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
        Report report = probes.details();
        ObjectNode body = body(report.word());
        writeChecks(body, report);
        ObjectNode pools = writeFacts(body, report.facts()).putObject("pool_utilization");
        writeNoPool(pools.putObject("tasker_pool"));
        writeNoPool(pools.putObject("pgmq_pool"));
        body.putObject("distributed_cache")
                .put("enabled", false)
                .put("provider", "none")
                .put("healthy", true);
        return Reply.ok(body);
    }

    private static void writeChecks(ObjectNode body, Report report) {
        ObjectNode node = body.putObject("checks");
        String now = Reply.time(report.word().time());
        for (Check check : report.checks()) {
            node.putObject(check.name())
                    .put("status", check.verdict().text())
                    .put("message", check.message())
                    .put("duration_ms", 0)
                    .put("last_checked", now);
        }
    }

    private static ObjectNode writeFacts(ObjectNode body, Facts facts) {
        ObjectNode system = body.putObject("system_info")
                .put("version", facts.version())
                .put("environment", facts.environment())
                .put("uptime_seconds", facts.uptimeSeconds())
                .put("worker_type", facts.type())
                .put("database_pool_size", 0)
                .put("command_processor_active", facts.active());
        var namespaces = system.putArray("supported_namespaces");
        facts.namespaces().forEach(namespaces::add);
        return system;
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
