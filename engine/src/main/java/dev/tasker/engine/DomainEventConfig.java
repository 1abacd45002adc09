package dev.tasker.engine;

import java.time.Duration;

/**
 * How domain events are kept and told (04 §6.6).
 *
 * @param retention how long durable events are kept, read or not
 * @param queueCapacity events waiting for one subscriber; beyond it the oldest is dropped
 * @param dispatchTimeout how long a subscriber may take for one event before it is interrupted
 */
public record DomainEventConfig(Duration retention, int queueCapacity, Duration dispatchTimeout) {
    public static final DomainEventConfig DEFAULT =
            new DomainEventConfig(Duration.ofDays(14), 2_000, Duration.ofSeconds(5));

    public DomainEventConfig {
        if (retention.compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException("domain_events.retention: " + retention + " (expected: >= PT1M)");
        }
        if (queueCapacity < 1) {
            throw new IllegalArgumentException("domain_events.queue_capacity: " + queueCapacity + " (expected: >= 1)");
        }
        if (!dispatchTimeout.isPositive()) {
            throw new IllegalArgumentException(
                    "domain_events.dispatch_timeout: " + dispatchTimeout + " (expected: more than zero)");
        }
    }
}
