package dev.tasker.cli.fault.held;

import dev.tasker.worker.event.DomainEvent;
import dev.tasker.worker.event.EventSubscriber;
import java.util.List;

/** A subscriber that is found as a service. */
public final class Earpiece implements EventSubscriber {
    @Override
    public List<String> patterns() {
        return List.of("parcel.*", "order.**");
    }

    @Override
    public void handle(DomainEvent event) {}
}
