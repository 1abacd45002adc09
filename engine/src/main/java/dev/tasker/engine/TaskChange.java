package dev.tasker.engine;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A change of the resting state of a task or of one of its steps (01 §1.8, §1.9).
 *
 * @param step null for a change of the task itself
 * @param version of the task or step that the change produced; with its uuid it names the change
 * @param via states passed through, in order
 * @param action what an operator did, null for others' changes; so are {@code actor} and {@code subject}
 * @param reason why, where somebody said
 */
public record TaskChange(
        UUID taskUuid,
        @Nullable Step step,
        int version,
        String fromState,
        String toState,
        List<String> via,
        Instant at,
        @Nullable String action,
        @Nullable String actor,
        @Nullable String subject,
        @Nullable String reason) {

    /** The step that changed. */
    public record Step(UUID stepUuid, String name) {}

    public TaskChange {
        via = List.copyOf(via);
    }

    /** What the change is of: the step, else the task. */
    public UUID entityUuid() {
        return step == null ? taskUuid : step.stepUuid();
    }
}
