package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.DomainEventStatistics;
import dev.tasker.engine.DomainEventStatistics.Bus;
import dev.tasker.engine.meter.Instrument;
import java.util.List;
import java.util.Map;

/** What a node counts about domain events, under the names of 03 §4.3. Names of events are no labels: handlers make them up. */
final class EventInstruments {
    private static final String METER = "tasker-orchestration";
    private static final String AT = "domain_events.";

    private EventInstruments() {}

    static List<Instrument> of(DomainEventStatistics counted) {
        Bus bus = counted.bus();
        return List.of(
                Instrument.counter(
                        METER,
                        AT + "published",
                        List.of("delivery_mode"),
                        Map.of(
                                List.of("durable"), counted.durableRouted(),
                                List.of("fast"), counted.fastRouted(),
                                List.of("broadcast"), counted.broadcastRouted())),
                counter("failed", counted.failed()),
                Instrument.counter(
                        METER,
                        AT + "dropped",
                        List.of("reason"),
                        Map.of(List.of("vetoed"), counted.vetoed(), List.of("queue_full"), bus.dropped())),
                counter("dispatched", bus.eventsDispatched()),
                counter("handler_dispatches", bus.handlerDispatches()),
                counter("handler_errors", bus.handlerErrors()),
                gauge("subscribers", bus.subscribers()),
                gauge("patterns", bus.patterns()));
    }

    private static Instrument counter(String name, long count) {
        return Instrument.counter(METER, AT + name, List.of(), Map.of(List.of(), count));
    }

    private static Instrument gauge(String name, long number) {
        return Instrument.gauge(METER, AT + name, List.of(), Map.of(List.of(), number));
    }
}
