package dev.tasker.server.rest;

import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineMetrics;
import dev.tasker.engine.StalenessMetrics;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.OperationalState;
import dev.tasker.server.health.PoolFigures;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** {@code /metrics}: the figures of the node as Prometheus text (03 §4). */
final class MetricsRoute {
    private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Engine engine;
    private final NodeHealth health;
    private final ServerIdentity identity;
    private final DatabaseFigures<DeadLetterReason> investigations;
    private final DatabaseFigures<TaskState> active;
    private final List<Supplier<List<Instrument>>> sources;

    /** @param sources what else is measured in this process */
    MetricsRoute(
            Engine engine,
            NodeHealth health,
            ServerIdentity identity,
            DatabaseFigures<DeadLetterReason> investigations,
            DatabaseFigures<TaskState> active,
            List<Supplier<List<Instrument>>> sources) {
        this.engine = engine;
        this.health = health;
        this.identity = identity;
        this.investigations = investigations;
        this.active = active;
        this.sources = List.copyOf(sources);
    }

    Route route() {
        return Route.open(
                "GET",
                "/metrics",
                _ -> new Reply(200, CONTENT_TYPE, text().getBytes(StandardCharsets.UTF_8), Map.of()));
    }

    private String text() throws InterruptedException {
        MetricsText text = new MetricsText();
        text.gauge("target_info")
                .value(
                        MetricsText.label("service_name", "tasker-orchestration") + ","
                                + MetricsText.label("service_version", identity.version()) + ","
                                + MetricsText.label("deployment_environment", identity.environment()),
                        1);
        text.gauge("tasker_orchestration_info").value("version=\"" + identity.version() + "\"", 1);
        text.gauge("tasker_orchestration_running").value(health.state() == OperationalState.NORMAL ? 1 : 0);
        PoolFigures pool = health.pool();
        text.gauge("tasker_orchestration_db_pool_size").value(pool.max());
        text.gauge("tasker_db_pool_connections")
                .value("pool=\"tasker\",state=\"active\"", pool.active())
                .value("pool=\"tasker\",state=\"idle\"", pool.idle());
        text.gauge("tasker_orchestration_circuit_breaker_state")
                .value(health.breaker().state().code());
        EngineMetrics metrics = engine.metrics();
        text.counter("tasker_tasks_duplicates_total").value(metrics.tasksDuplicate());
        text.counter("tasker_steps_claimed_total").value(metrics.stepsClaimed());
        text.counter("tasker_step_reports_total")
                .value("outcome=\"accepted\"", metrics.resultsAccepted())
                .value("outcome=\"duplicate\"", metrics.resultsDuplicate())
                .value("outcome=\"stale\"", metrics.resultsStale());
        text.gauge("tasker_worker_sessions").value(metrics.sessions());
        text.gauge("tasker_worker_free_slots").value(metrics.freeSlots());
        text.gauge("tasker_worker_leases").value(metrics.heldLeases());
        text.gauge("tasker_xmin_horizon_pinned_by").value(metrics.pinnedBy());
        text.gauge("tasker_xmin_horizon_pinned_seconds").value(metrics.pinnedSeconds());
        text.counter("tasker_audit_tasks_total").value(metrics.auditedTasks());
        text.counter("tasker_audit_walks_total").value(metrics.auditWalks());
        text.counter("tasker_audit_findings_total").value(metrics.auditFindings());
        writeLanes(text, metrics);
        writeStaleness(text, engine.deadLetters().metrics());
        writeInvestigations(text);
        for (Instrument instrument : engine.instruments()) {
            text.instrument(instrument);
        }
        LaneInstruments.of(metrics.lanes()).forEach(text::instrument);
        sources.forEach(source -> source.get().forEach(text::instrument));
        JvmInstruments.write(text);
        return text.toString();
    }

    private static void writeStaleness(MetricsText text, StalenessMetrics metrics) {
        text.counter("tasker_staleness_detection_runs_total");
        metrics.detectionRuns().forEach((dryRun, runs) -> text.value("dry_run=\"" + dryRun + "\"", runs));
        text.histogram("tasker_staleness_detection_duration_milliseconds");
        metrics.detectionMillis().forEach((dryRun, millis) -> text.distribution("dry_run=\"" + dryRun + "\"", millis));
        text.counter("tasker_staleness_tasks_detected_total");
        write(text, metrics.tasksDetected(), "state", "time_in_state_minutes");
        text.counter("tasker_staleness_tasks_transitioned_to_error_total");
        write(text, metrics.tasksFailed(), "original_state", "reason");
        text.counter("tasker_dlq_entries_created_total");
        write(text, metrics.entriesCreated(), "dlq_reason", "original_state");
        text.histogram("tasker_dlq_time_in_queue_h");
        metrics.hoursInQueue()
                .forEach((pair, hours) -> text.distribution(labels(pair, "resolution_status", "dlq_reason"), hours));
    }

    private void writeInvestigations(MetricsText text) throws InterruptedException {
        text.gauge("tasker_dlq_pending_investigations");
        investigations.count().forEach((reason, count) -> text.value("dlq_reason=\"" + reason.text() + "\"", count));
        Map<List<String>, Long> tasks = new HashMap<>();
        active.count().forEach((state, count) -> tasks.put(List.of(state.text()), count));
        text.instrument(Instrument.gauge("tasker-orchestration", "tasks.active", List.of("state"), tasks));
    }

    private static void write(MetricsText text, Map<StalenessMetrics.Pair, Long> values, String first, String second) {
        values.forEach((pair, count) -> text.value(labels(pair, first, second), count));
    }

    private static String labels(StalenessMetrics.Pair pair, String first, String second) {
        return first + "=\"" + pair.first() + "\"," + second + "=\"" + pair.second() + "\"";
    }

    private static void writeLanes(MetricsText text, EngineMetrics metrics) {
        text.gauge("tasker_orchestration_channel_health");
        metrics.lanes()
                .forEach(lane -> text.value(
                        "channel_name=\"" + lane.name() + "\",component=\"commit_lane\"",
                        LaneInstruments.health(lane)));
        text.gauge("tasker_lane_depth");
        metrics.lanes().forEach(lane -> text.value(label(lane), lane.depth()));
        text.gauge("tasker_lane_queued_bytes");
        metrics.lanes().forEach(lane -> text.value(label(lane), lane.queuedBytes()));
        text.counter("tasker_lane_batches_total");
        metrics.lanes().forEach(lane -> text.value(label(lane), lane.batches()));
        text.counter("tasker_lane_commands_total");
        metrics.lanes().forEach(lane -> text.value(label(lane), lane.commands()));
        text.counter("tasker_lane_commit_milliseconds_total");
        metrics.lanes().forEach(lane -> text.value(label(lane), lane.commitNanos() / 1_000_000));
        text.counter("tasker_lane_refusals_total");
        metrics.lanes().forEach(lane -> text.value(label(lane), lane.refusals()));
        text.counter("tasker_lane_poisoned_total");
        metrics.lanes().forEach(lane -> text.value(label(lane), lane.poisoned()));
    }

    private static String label(EngineMetrics.Lane lane) {
        return "lane=\"" + lane.name() + "\"";
    }
}
