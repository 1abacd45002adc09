package dev.tasker.engine.internal;

import dev.tasker.engine.DomainEventConfig;
import dev.tasker.engine.internal.domainevent.EndedEvents;
import dev.tasker.engine.internal.domainevent.EventBus;
import dev.tasker.engine.internal.domainevent.EventCounters;
import dev.tasker.engine.internal.domainevent.EventMaker;
import dev.tasker.engine.internal.domainevent.EventOutbox;
import dev.tasker.engine.internal.domainevent.HandlerEvents;
import dev.tasker.engine.internal.domainevent.OutcomeReader;
import dev.tasker.engine.internal.domainevent.PublishedEvents;
import dev.tasker.engine.internal.domainevent.ResultEvents;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.task.PayloadCache;
import dev.tasker.engine.internal.template.TemplateCatalogue;
import java.time.InstantSource;

/**
 * What makes, keeps and tells domain events.
 *
 * @param published tells what was committed
 * @param ended events of attempts that the engine ended
 * @param results events of reported results
 * @param handlers events that handlers tell of
 */
public record EventParts(
        EventOutbox outbox,
        EventBus bus,
        EventCounters counters,
        PublishedEvents published,
        EndedEvents ended,
        ResultEvents results,
        HandlerEvents handlers) {

    static EventParts of(Database pool, TemplateCatalogue templates, PayloadCache payloads, DomainEventConfig config) {
        EventCounters counters = new EventCounters();
        EventBus bus = new EventBus(config);
        PublishedEvents published = new PublishedEvents(bus, counters);
        OutcomeReader outcomes = new OutcomeReader(templates);
        EventMaker maker = new EventMaker(InstantSource.system(), counters);
        return new EventParts(
                new EventOutbox(pool),
                bus,
                counters,
                published,
                new EndedEvents(outcomes, maker, published),
                new ResultEvents(pool, payloads, outcomes, maker),
                new HandlerEvents(pool, outcomes, maker, published));
    }
}
