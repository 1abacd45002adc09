package dev.tasker.cli;

import dev.tasker.client.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task as far as it has come.
 *
 * @param elapsed from creation to completion, or to the last change
 */
record TaskProgress(String taskUuid, String state, Duration elapsed, List<Step> steps) {
    static final TaskProgress UNKNOWN = new TaskProgress("", "unknown", Duration.ZERO, List.of());

    /**
     * One step.
     *
     * @param elapsed of the last attempt, from its claim to its result; zero before that
     * @param result JSON, or the error's message
     */
    record Step(String name, String state, int attempts, Duration elapsed, String result) {

        static Step of(dev.tasker.client.Step step) {
            Instant began = step.lastAttemptedAt();
            Instant ended = either(step.completedAt(), step.lastFailureAt());
            Duration elapsed = began == null || ended == null ? Duration.ZERO : Duration.between(began, ended);
            return new Step(
                    step.name(),
                    step.currentState().text(),
                    step.attempts(),
                    elapsed.isNegative() ? Duration.ZERO : elapsed,
                    step.failure().or(() -> step.result().map(Object::toString)).orElse(""));
        }
    }

    static TaskProgress of(Task task, List<dev.tasker.client.Step> steps) {
        Instant completed = task.completedAt();
        return new TaskProgress(
                task.taskUuid().toString(),
                task.status().text(),
                Duration.between(task.createdAt(), completed == null ? task.updatedAt() : completed),
                steps.stream().map(Step::of).toList());
    }

    private static @Nullable Instant either(@Nullable Instant first, @Nullable Instant second) {
        return first == null ? second : first;
    }
}
