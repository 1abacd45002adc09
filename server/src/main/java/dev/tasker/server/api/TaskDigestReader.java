package dev.tasker.server.api;

import dev.tasker.engine.TaskSummary;
import dev.tasker.template.TemplateParser;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Takes the documents of a summary apart. */
final class TaskDigestReader {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int STATUS_CODE_MAX = 65_535;

    private TaskDigestReader() {}

    static TaskDigest read(TaskSummary summary) {
        JsonNode context = JSON.readTree(summary.executionContext());
        JsonNode letter = JSON.readTree(summary.dlqStatus());
        List<TaskDigest.Step> steps = new ArrayList<>();
        JSON.readTree(summary.stepSummaries()).forEach(step -> steps.add(step(step)));
        return new TaskDigest(
                summary,
                new TaskDigest.Counts(
                        context.path("total_steps").asLong(),
                        context.path("pending_steps").asLong(),
                        context.path("in_progress_steps").asLong(),
                        context.path("completed_steps").asLong(),
                        context.path("failed_steps").asLong(),
                        context.path("completion_percentage").decimalValue(),
                        context.path("health_status").asString(),
                        context.path("execution_status").asString(),
                        text(context, "recommended_action")),
                TemplateParser.fromStored(summary.templateConfiguration()).steps(),
                steps,
                letter.path("in_dlq").asBoolean(),
                text(letter, "dlq_reason"),
                text(letter, "resolution_status"));
    }

    private static TaskDigest.Step step(JsonNode step) {
        return new TaskDigest.Step(
                UUID.fromString(step.path("step_uuid").asString()),
                step.path("name").asString(),
                step.path("current_state").asString(),
                time(step, "created_at"),
                time(step, "completed_at"),
                time(step, "last_attempted_at"),
                step.path("attempts").asInt(),
                step.path("max_attempts").asInt(),
                step.path("dependencies_satisfied").asBoolean(),
                step.path("retry_eligible").asBoolean(),
                failure(step));
    }

    private static TaskDigest.@Nullable Failure failure(JsonNode step) {
        JsonNode retryable = step.path("error_retryable");
        JsonNode code = step.path("error_status_code");
        String type = text(step, "error_type");
        if (type == null && !retryable.isBoolean() && !code.isIntegralNumber()) {
            return null;
        }
        boolean fits = code.isIntegralNumber()
                && code.canConvertToInt()
                && code.intValue() >= 0
                && code.intValue() <= STATUS_CODE_MAX;
        return new TaskDigest.Failure(
                type, retryable.isBoolean() && retryable.booleanValue(), fits ? code.intValue() : null);
    }

    private static @Nullable String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isString() ? value.asString() : null;
    }

    private static @Nullable Instant time(JsonNode node, String name) {
        String text = text(node, name);
        return text == null ? null : OffsetDateTime.parse(text).toInstant();
    }
}
