package dev.tasker.worker;

import dev.tasker.worker.event.DeclaredEvent;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the domain events of results when these are sent, so that the figures lead what others can see of the step (04 §6.8, 09 §6.3).
 * They are what the worker expects of the server, which has the last word by attempts, schema and lease. Thread-safe.
 */
public final class EventStatistics implements WorkerListener {
    private final LongAdder durable = new LongAdder();
    private final LongAdder fast = new LongAdder();
    private final LongAdder broadcast = new LongAdder();
    private final LongAdder declined = new LongAdder();

    /** The counters at one moment; all only grow. */
    public record Snapshot(long durableRouted, long fastRouted, long broadcastRouted, long declined) {

        public long totalRouted() {
            return durableRouted + fastRouted + broadcastRouted;
        }

        /** Events that subscribers within a process hear. */
        public long inProcess() {
            return fastRouted + broadcastRouted;
        }
    }

    public Snapshot snapshot() {
        return new Snapshot(durable.sum(), fast.sum(), broadcast.sum(), declined.sum());
    }

    @Override
    public void finished(Assignment assignment, StepReport report) {
        EventRouting events = EventRouting.of(assignment, report);
        declined.add(events.declined().size());
        for (DeclaredEvent event : events.routed()) {
            switch (event.mode()) {
                case DURABLE -> durable.increment();
                case FAST -> fast.increment();
                case BROADCAST -> broadcast.increment();
            }
        }
    }
}
