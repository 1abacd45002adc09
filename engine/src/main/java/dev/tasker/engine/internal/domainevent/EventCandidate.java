package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.DomainEvent;
import dev.tasker.engine.StepState;
import dev.tasker.template.DeliveryMode;
import org.jspecify.annotations.Nullable;

/**
 * An event as it will be published if the outcome is the one it tells of, which only the call knows that records it.
 *
 * @param needed state in which the outcome must leave the step, null: any
 */
public record EventCandidate(
        DomainEvent event, DeliveryMode mode, @Nullable StepState needed) {

    /** What is kept for consumers, null: the event is only told. */
    public @Nullable String kept() {
        return mode == DeliveryMode.FAST ? null : event.message();
    }

    /** Whether subscribers of this process hear it. */
    boolean told() {
        return mode != DeliveryMode.DURABLE;
    }
}
