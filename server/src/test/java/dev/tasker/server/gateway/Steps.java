package dev.tasker.server.gateway;

import dev.tasker.engine.Assignment;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Assignments with valid defaults. */
final class Steps {
    private Steps() {}

    static Assignment step() {
        return step(UUID.randomUUID(), "{}");
    }

    static Assignment step(UUID stepUuid, String context) {
        return new Assignment(
                new UUID(1, 1),
                stepUuid,
                1,
                1,
                3,
                null,
                new Assignment.TaskPart(
                        "shop", "order", "1.0.0", context, 0, new UUID(1, 2), null, "test", "test", "test", null, null),
                new Assignment.StepPart("pay", "pay", "pay.handler", null, null, "{}", null, null, null, List.of()),
                Map.of());
    }
}
