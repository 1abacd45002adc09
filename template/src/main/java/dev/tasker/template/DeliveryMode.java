package dev.tasker.template;

/** The way a domain event travels (spec 06 §8.8). */
public enum DeliveryMode implements Keyword {
    /** Through the event queue of the namespace. */
    DURABLE,
    /** Over the bus inside the worker process. */
    FAST,
    /** Both, the in-process bus first. */
    BROADCAST
}
