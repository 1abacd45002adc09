package dev.tasker.workerprocess;

import dev.tasker.worker.EventStatistics;
import dev.tasker.worker.SubscriberStatistics;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The figures of a worker: as Prometheus text and in the JSON of 03 §1.13. */
final class MetricsReplies {
    private final PrometheusRegistry registry;
    private final WorkerFigures figures;
    private final Supplier<EventStatistics.Snapshot> events;
    private final Supplier<SubscriberStatistics> subscribers;
    private final WorkerIdentity identity;
    private final InstantSource clock;
    private final Instant startedAt;

    MetricsReplies(
            PrometheusRegistry registry,
            WorkerFigures figures,
            Supplier<EventStatistics.Snapshot> events,
            Supplier<SubscriberStatistics> subscribers,
            WorkerIdentity identity,
            InstantSource clock,
            Instant startedAt) {
        this.registry = registry;
        this.figures = figures;
        this.events = events;
        this.subscribers = subscribers;
        this.identity = identity;
        this.clock = clock;
        this.startedAt = startedAt;
    }

    List<Operation> operations() {
        return List.of(
                Operation.open("/metrics", "prometheus_metrics", "Prometheus text", (_, _) -> prometheus()),
                Operation.open("/metrics/worker", "worker_metrics", "Figures as JSON", (_, _) -> worker()),
                Operation.open("/metrics/events", "event_metrics", "Domain events counted", (_, _) -> events()));
    }

    /** Under the name that clients know, and under ours (04 §6.8). */
    private static void putBoth(ObjectNode bus, String known, String ours, long value) {
        bus.put(known, value).put(ours, value);
    }

    private Reply prometheus() {
        PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.builder()
                .setIncludeCreatedTimestamps(false)
                .build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(8_192);
        try {
            writer.write(bytes, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Reply.text(writer.getContentType(), bytes.toString(StandardCharsets.UTF_8));
    }

    private Reply worker() {
        ObjectNode body = Reply.object();
        ObjectNode metrics = body.putObject("metrics");
        Instant now = clock.instant();
        double uptime = (double) (now.getEpochSecond() - startedAt.getEpochSecond());
        write(metrics, "uptime_seconds", uptime, "counter", null, "Worker uptime in seconds");
        write(metrics, "database_pool_size", 0, "gauge", null, "Database connection pool size; a worker has none");
        Map<String, Double> waiting = figures.underWay().waiting();
        Map<String, Double> ages = figures.underWay().oldestWaitingSeconds();
        for (String namespace : identity.namespaces()) {
            write(
                    metrics,
                    "queue_depth_" + namespace,
                    waiting.getOrDefault(namespace, 0.0),
                    "gauge",
                    namespace,
                    "Steps of the " + namespace + " namespace leased to this worker and not begun");
            write(
                    metrics,
                    "queue_oldest_message_age_" + namespace,
                    ages.getOrDefault(namespace, 0.0),
                    "gauge",
                    namespace,
                    "Age of the oldest of these (seconds)");
        }
        body.put("timestamp", Reply.time(now)).put("worker_id", identity.id());
        return Reply.ok(body);
    }

    private static void write(
            ObjectNode metrics, String name, double value, String type, @Nullable String namespace, String help) {
        ObjectNode metric = metrics.putObject(name).put("value", value).put("metric_type", type);
        ObjectNode labels = metric.putObject("labels");
        if (namespace != null) {
            labels.put("namespace", namespace);
        }
        metric.put("help", help);
    }

    /** Events are counted when the result that carries them is sent; what this worker's subscribers heard is of any worker. */
    private Reply events() {
        EventStatistics.Snapshot now = events.get();
        ObjectNode body = Reply.object();
        body.putObject("router")
                .put("total_routed", now.totalRouted())
                .put("durable_routed", now.durableRouted())
                .put("fast_routed", now.fastRouted())
                .put("broadcast_routed", now.broadcastRouted())
                .put("fast_delivery_errors", 0)
                .put("routing_errors", 0);
        ObjectNode bus = body.putObject("in_process_bus").put("total_events_dispatched", now.inProcess());
        SubscriberStatistics heard = subscribers.get();
        putBoth(bus, "rust_handler_dispatches", "handler_dispatches", heard.handled() + heard.failed());
        putBoth(bus, "rust_handler_errors", "handler_errors", heard.failed());
        putBoth(bus, "rust_subscriber_patterns", "handler_patterns", heard.subscriptions());
        putBoth(bus, "rust_handler_count", "handler_count", heard.subscriptions());
        putBoth(bus, "ffi_channel_dispatches", "stream_dispatches", 0); // no other language in this process
        putBoth(bus, "ffi_channel_drops", "stream_drops", 0);
        putBoth(bus, "ffi_subscriber_count", "stream_subscribers", 0);
        bus.put("handler_drops", heard.dropped());
        Instant last = figures.lastEventAt();
        body.put("last_event_at", last == null ? null : Reply.time(last));
        body.put("captured_at", Reply.time(clock.instant())).put("worker_id", identity.id());
        return Reply.ok(body);
    }
}
