package dev.tasker.testkit.model;

import dev.tasker.template.DeliveryMode;
import dev.tasker.template.EventCondition;
import dev.tasker.template.PublishedEvent;
import java.util.List;

/** What an outcome publishes, by the truth table of 04 §6.2. */
enum Publication {
    SUCCESS,
    /** A failure that is tried again. */
    AGAIN,
    /** A failure for good. */
    FINAL;

    /** What is kept for consumers when an attempt of {@code step} ends so, as lines. */
    List<String> of(StepModel step) {
        return step.planned.definition().publishesEvents().stream()
                .filter(event -> event.deliveryMode() != DeliveryMode.FAST && wanted(event.condition()))
                .map(event -> line(step.name, event))
                .toList();
    }

    private String line(String step, PublishedEvent event) {
        return step + " " + event.name() + " " + this;
    }

    private boolean wanted(EventCondition condition) {
        return switch (condition) {
            case ALWAYS -> true;
            case SUCCESS -> this == SUCCESS;
            case FAILURE -> this != SUCCESS;
            case RETRYABLE_FAILURE -> this == AGAIN;
            case PERMANENT_FAILURE -> this == FINAL;
        };
    }
}
