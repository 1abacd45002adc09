package dev.tasker.worker;

import dev.tasker.worker.event.HandlerEvent;

/** Takes the domain events of a handler that is running. */
@FunctionalInterface
public interface EventSink {

    /** Returns when the event is published, or cannot be within ten seconds or at all; whether it is. */
    boolean publish(HandlerEvent event) throws InterruptedException;
}
