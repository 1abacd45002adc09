package dev.tasker.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

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

        static Step of(JsonNode step) {
            Optional<Instant> began = instant(step, "last_attempted_at");
            Optional<Instant> ended = instant(step, "completed_at").or(() -> instant(step, "last_failure_at"));
            Duration elapsed =
                    began.isPresent() && ended.isPresent() ? Duration.between(began.get(), ended.get()) : Duration.ZERO;
            JsonNode results = step.path("results");
            String error = results.path("error").path("message").asString("");
            return new Step(
                    step.path("name").asString(),
                    step.path("current_state").asString(),
                    step.path("attempts").asInt(),
                    elapsed.isNegative() ? Duration.ZERO : elapsed,
                    error.isEmpty() ? results.path("result").toString() : error);
        }
    }

    static TaskProgress of(JsonNode task, List<Step> steps) {
        Duration elapsed = Duration.between(
                instant(task, "created_at").orElseThrow(),
                instant(task, "completed_at")
                        .or(() -> instant(task, "updated_at"))
                        .orElseThrow());
        return new TaskProgress(
                task.path("task_uuid").asString(), task.path("status").asString(), elapsed, List.copyOf(steps));
    }

    private static Optional<Instant> instant(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isString() ? Optional.of(Instant.parse(value.asString())) : Optional.empty();
    }
}
