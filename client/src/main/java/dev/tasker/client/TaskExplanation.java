package dev.tasker.client;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Why a task is where it is, in sentences for people. */
public record TaskExplanation(UUID taskUuid, TaskState status, Instant since, String sentence, List<Step> steps) {

    /**
     * Why a step that is not over waits.
     *
     * @param reason a code: {@code waiting_for_parents}, {@code no_worker}, {@code backoff}, {@code failed} and so on
     */
    public record Step(UUID stepUuid, String name, StepState currentState, String reason, String sentence) {}
}
