package dev.tasker.server.rest;

import dev.tasker.engine.EngineMetrics.Lane;
import dev.tasker.engine.meter.Instrument;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The commit lanes as the bounded channels that they are (02 §8.2). */
final class LaneInstruments {
    private static final String METER = "tasker-channels";
    private static final List<String> LABELS = List.of("channel_name", "component");
    private static final int DEGRADED_PERCENT = 80;
    private static final int CRITICAL_PERCENT = 95;

    private LaneInstruments() {}

    static List<Instrument> of(List<Lane> lanes) {
        return List.of(
                counter("channel.messages.sent", lanes, lane -> lane.commands() + lane.depth()),
                counter("channel.messages.received", lanes, Lane::commands),
                counter("channel.overflow.events", lanes, Lane::refusals),
                gauge("channel.buffer_size", lanes, Lane::capacity),
                gauge("channel.backlog", lanes, Lane::depth),
                gauge("channel.health_status", lanes, LaneInstruments::health));
    }

    /** 0 healthy, 1 degraded, 2 critical. */
    static long health(Lane lane) {
        double percent = saturation(lane) * 100;
        if (percent >= CRITICAL_PERCENT) {
            return 2;
        }
        return percent >= DEGRADED_PERCENT ? 1 : 0;
    }

    /** How full a lane is, from 0 to 1. */
    static double saturation(Lane lane) {
        return (double) lane.depth() / lane.capacity();
    }

    private static Instrument counter(String name, List<Lane> lanes, ToLongFunction<Lane> figure) {
        return Instrument.counter(METER, name, LABELS, values(lanes, figure));
    }

    private static Instrument gauge(String name, List<Lane> lanes, ToLongFunction<Lane> figure) {
        return Instrument.gauge(METER, name, LABELS, values(lanes, figure));
    }

    private static Map<List<String>, Long> values(List<Lane> lanes, ToLongFunction<Lane> figure) {
        return lanes.stream()
                .collect(Collectors.toMap(lane -> List.of(lane.name(), "commit_lane"), figure::applyAsLong));
    }
}
