package dev.tasker.cli.fault.held;

import dev.tasker.worker.event.EventPublisher;
import dev.tasker.worker.event.PublishContext;
import java.util.Map;

/** A publisher that is found as a service. */
public final class Stamp implements EventPublisher {
    @Override
    public String name() {
        return "stamp";
    }

    @Override
    public Object transformPayload(PublishContext context) {
        return Map.of("stamped", true);
    }
}
