package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.DomainEventStatistics;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.template.DeliveryMode;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What a node counts about domain events (04 §6.8). Thread-safe. */
public final class EventCounters {
    private final LongAdder durable = new LongAdder();
    private final LongAdder fast = new LongAdder();
    private final LongAdder broadcast = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder vetoed = new LongAdder();

    void published(DeliveryMode mode) {
        switch (mode) {
            case DURABLE -> durable.increment();
            case FAST -> fast.increment();
            case BROADCAST -> broadcast.increment();
        }
    }

    void failed() {
        failed.increment();
    }

    void vetoed() {
        vetoed.increment();
    }

    /** The same under the names of 03 §4.3. */
    public List<Instrument> instruments(DomainEventStatistics.Bus bus) {
        return EventInstruments.of(snapshot(bus));
    }

    public DomainEventStatistics snapshot(DomainEventStatistics.Bus bus) {
        return new DomainEventStatistics(durable.sum(), fast.sum(), broadcast.sum(), failed.sum(), vetoed.sum(), bus);
    }
}
