package dev.tasker.server.health;

import dev.tasker.engine.meter.Histogram;
import dev.tasker.engine.meter.Instrument;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The node's health as a scraper sees it (03 §4.2, §4.4). */
final class HealthInstruments {
    private static final String METER = "tasker-health";
    private static final List<String> NONE = List.of();
    private static final String API = "api_database";

    private HealthInstruments() {}

    static List<Instrument> of(HealthEvaluator evaluator, CircuitBreaker breaker, Backpressure backpressure) {
        HealthSnapshot seen = evaluator.snapshot();
        Histogram evaluations = evaluator.evaluations().snapshot();
        int state = breaker.state().code();
        return List.of(
                Instrument.counter(
                        "tasker-orchestration",
                        "api.requests_rejected",
                        List.of("endpoint", "reason"),
                        backpressure.rejections()),
                Instrument.gauge(
                        "tasker-orchestration", "api.circuit_breaker.state", List.of("component"), one(API, state)),
                Instrument.gauge(METER, "circuit_breaker_state", List.of("component"), one(API, state)),
                Instrument.gauge(
                        METER, "health.circuit_breaker.failures", List.of("component"), one(API, breaker.failures())),
                Instrument.gauge(METER, "health.backpressure.active", NONE, plain(backpressure.isActive() ? 1 : 0)),
                Instrument.gauge(
                        METER, "health.database.connected", NONE, plain(seen == null || seen.connected() ? 1 : 0)),
                Instrument.gauge(
                        METER,
                        "health.queue_depth.tier",
                        NONE,
                        plain(seen == null ? 0 : seen.tier().ordinal())),
                Instrument.gauge(
                        METER,
                        "health.queue_depth.current",
                        List.of("queue"),
                        seen == null
                                ? Map.of()
                                : seen.lanes().stream().collect(Collectors.toMap(lane -> List.of(lane.name()), lane ->
                                        (long) lane.depth()))),
                Instrument.gauge(
                        METER,
                        "health.channel.saturation_percent",
                        NONE,
                        plain(seen == null ? 0 : Math.round(seen.fullest().percent()))),
                Instrument.counter(METER, "health.evaluations", NONE, plain(evaluations.count())),
                Instrument.counter(
                        METER,
                        "health.evaluation_errors",
                        List.of("error_type"),
                        evaluator.errors().snapshot()),
                Instrument.histogram(METER, "health.evaluation.duration", "ms", NONE, Map.of(NONE, evaluations)),
                Instrument.histogram(
                        METER,
                        "health.database_check.duration",
                        "ms",
                        NONE,
                        Map.of(NONE, evaluator.databaseChecks().snapshot())));
    }

    private static Map<List<String>, Long> one(String label, long value) {
        return Map.of(List.of(label), value);
    }

    private static Map<List<String>, Long> plain(long value) {
        return Map.of(NONE, value);
    }
}
