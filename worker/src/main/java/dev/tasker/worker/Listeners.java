package dev.tasker.worker;

import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells all listeners in order; one that throws is logged and neither stops the others nor changes a step. */
final class Listeners {

    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<WorkerListener> listeners;

    Listeners(List<WorkerListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    void tell(Consumer<WorkerListener> event) {
        for (WorkerListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("worker listener {} failed", listener.getClass().getName(), e);
            }
        }
    }
}
