package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.ExecutionStatus;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskView;
import dev.tasker.engine.TemplateSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Samples survive the way into our types and back: keys and their order, null, integers, fractions, time forms. */
class VectorsTest {

    @ParameterizedTest
    @ValueSource(strings = {"TaskResponse.json", "TaskResponse_created.json"})
    void taskResponseSurvives(String name) throws IOException {
        JsonNode vector = Vectors.read(name);

        assertSame(TaskJson.task(task(vector)), vector);
    }

    @Test
    void stepListSurvives() throws IOException {
        JsonNode vector = Vectors.read("StepResponse_list.json");
        List<StepView> steps = new ArrayList<>();
        vector.forEach(step -> steps.add(step(step, text(step, "step_uuid"), results(step))));

        assertSame(TaskJson.steps(steps), vector);
    }

    /** The worker leaves out what is at its default or on the step's row. */
    @Test
    void compactResultIsExpandedToTheFullDocument() throws IOException {
        JsonNode vector = Vectors.read("StepResponse.json");
        String compact = """
            {"success":false,"status":"failed","result":{},
             "metadata":{"execution_time_ms":412,"retryable":true,"worker_id":"worker-north-1",
               "worker_hostname":"wms-node-04","error_code":"CARRIER_503","error_type":"carrier_unavailable",
               "completed_at":"2026-03-14T09:27:28.501793Z","started_at":"2026-03-14T09:27:28.089793Z",
               "context":{"carrier":"fjordpost"}},
             "error":{"message":"carrier gateway answered 503","status_code":503,
               "backtrace":["book_carrier.py:41 in call","client.py:118 in post"]},
             "orchestration_metadata":{"headers":{"Retry-After":"8"},
               "backoff_hint":{"backoff_type":"ServerRequested","delay_seconds":8}}}\
            """;
        StepView step = step(vector, text(vector, "step_uuid"), compact);

        assertThat(new String(TaskJson.steps(List.of(step)), StandardCharsets.UTF_8))
                .isEqualToIgnoringWhitespace("[" + vector + "]");
    }

    @Test
    void missingTimesOfAResultComeFromTheRow() throws IOException {
        JsonNode vector = Vectors.read("StepResponse_list.json").get(0);
        StepView step = step(
                vector,
                text(vector, "step_uuid"),
                "{\"success\":true,\"result\":7,\"metadata\":{\"execution_time_ms\":184}}");

        JsonNode results = Vectors.JSON
                .readTree(new String(TaskJson.steps(List.of(step)), StandardCharsets.UTF_8))
                .get(0)
                .get("results");

        assertThat(results.get("status").asString()).isEqualTo("completed");
        assertThat(results.get("metadata").get("completed_at").asString()).isEqualTo("2026-03-14T09:26:53.973793Z");
        assertThat(results.get("metadata").get("started_at").asString()).isEqualTo("2026-03-14T09:26:53.789793Z");
        assertThat(results.get("step_uuid").asString()).isEqualTo(text(vector, "step_uuid"));
        assertThat(results.get("error").isNull()).isTrue();
    }

    @Test
    void resultsThatAreNoObjectAndKeysNobodySpecifiedAreKept() throws IOException {
        JsonNode vector = Vectors.read("StepResponse_list.json").get(0);
        String uuid = text(vector, "step_uuid");

        assertThat(rendered(step(vector, uuid, "[1, 2.50]"))).contains("\"results\":[1, 2.50]");
        assertThat(rendered(step(vector, uuid, "{\"success\":true,\"extra\":{\"a\": 1e3}}")))
                .contains("\"orchestration_metadata\":null,\"extra\":{\"a\": 1e3}}");
        assertThat(rendered(step(
                        vector,
                        uuid,
                        "{\"success\":true,\"result\":{\"a\":1,\"a\":2,\"\\u0000\":12345678901234567890}}")))
                .contains("\"result\":{\"a\":1,\"a\":2,\"\\u0000\":12345678901234567890}");
    }

    @Test
    void templateListSurvives() throws IOException {
        JsonNode vector = Vectors.read("TemplateListResponse.json");
        List<TemplateSummary> templates = new ArrayList<>();
        for (JsonNode template : vector.get("templates")) {
            String namespace = text(template, "namespace");
            templates.add(new TemplateSummary(
                    namespace,
                    namespace.equals("warehouse") ? "Parcel handling" : null,
                    text(template, "name"),
                    text(template, "version"),
                    nullable(template, "description"),
                    template.get("step_count").asInt()));
        }

        assertSame(TemplateJson.list(templates), vector);
    }

    @Test
    void errorEnvelopesSurvive() throws IOException {
        assertSame(Problem.NOT_FOUND.toReply().body(), Vectors.read("ErrorEnvelope.json"));
        assertSame(
                Problem.identityTaken(UUID.fromString("019cebab-8995-7d21-8f3e-6a1c2b9d4e50"))
                        .toReply()
                        .body(),
                Vectors.read("ErrorEnvelope_conflict.json"));
        JsonNode backpressure = Vectors.read("ErrorEnvelope_backpressure.json");
        assertSame(
                new Problem(
                                503,
                                "BACKPRESSURE",
                                backpressure.get("error").get("message").asString(),
                                List.of(),
                                null,
                                30)
                        .toReply()
                        .body(),
                backpressure);
    }

    @Test
    void timeFormsHaveTheirDigitsAndZones() {
        Instant wholeMinute = Instant.parse("2026-03-14T09:26:00Z");

        assertThat(Timestamps.ZULU.format(wholeMinute)).isEqualTo("2026-03-14T09:26:00.000000Z");
        assertThat(Timestamps.NAIVE.format(wholeMinute)).isEqualTo("2026-03-14T09:26:00.000000");
        assertThat(Timestamps.OFFSET.format(wholeMinute.plusNanos(7))).isEqualTo("2026-03-14T09:26:00.000000007+00:00");
    }

    private static void assertSame(byte[] written, JsonNode vector) {
        JsonNode read = Vectors.JSON.readTree(new String(written, StandardCharsets.UTF_8));
        assertThat(read.toPrettyString()).isEqualTo(vector.toPrettyString());
    }

    private static String rendered(StepView step) {
        return new String(TaskJson.steps(List.of(step)), StandardCharsets.UTF_8);
    }

    private static @Nullable String results(JsonNode step) {
        return step.get("results").isNull() ? null : step.get("results").toString();
    }

    private static TaskView task(JsonNode task) {
        List<StepView> steps = new ArrayList<>();
        task.get("steps").forEach(step -> steps.add(step(step, text(step, "workflow_step_uuid"), null)));
        return new TaskView(
                UUID.fromString(text(task, "task_uuid")),
                text(task, "namespace"),
                text(task, "name"),
                text(task, "version"),
                TaskState.valueOf(text(task, "status").toUpperCase(Locale.ROOT)),
                Instant.parse(text(task, "created_at")),
                Instant.parse(text(task, "updated_at")),
                time(task, "completed_at"),
                task.get("context").toString(),
                text(task, "initiator"),
                text(task, "source_system"),
                text(task, "reason"),
                task.get("priority").asInt(),
                task.get("tags").toString(),
                UUID.fromString(text(task, "correlation_id")),
                UUID.fromString(text(task, "parent_correlation_id")),
                new ExecutionStatus(
                        task.get("total_steps").asLong(),
                        task.get("pending_steps").asLong(),
                        task.get("in_progress_steps").asLong(),
                        task.get("completed_steps").asLong(),
                        task.get("failed_steps").asLong(),
                        task.get("ready_steps").asLong(),
                        0,
                        text(task, "execution_status"),
                        text(task, "recommended_action"),
                        task.get("completion_percentage").decimalValue(),
                        text(task, "health_status")),
                steps);
    }

    private static StepView step(JsonNode step, String uuid, @Nullable String result) {
        JsonNode named = step.path("named_step_uuid");
        JsonNode created = step.path("created_at");
        JsonNode backoff = step.path("backoff_request_seconds");
        return new StepView(
                UUID.fromString(uuid),
                UUID.fromString(text(step, "task_uuid")),
                named.isString() ? UUID.fromString(named.asString()) : new UUID(0, 0),
                text(step, "name"),
                StepState.valueOf(text(step, "current_state").toUpperCase(Locale.ROOT)),
                created.isString() ? Instant.parse(created.asString()) : Instant.EPOCH,
                created.isString() ? Instant.parse(text(step, "updated_at")) : Instant.EPOCH,
                time(step, "completed_at"),
                time(step, "last_failure_at"),
                time(step, "next_retry_at"),
                time(step, "last_attempted_at"),
                step.get("dependencies_satisfied").asBoolean(),
                step.get("retry_eligible").asBoolean(),
                step.get("ready_for_execution").asBoolean(),
                step.get("total_parents").asInt(),
                step.get("completed_parents").asInt(),
                step.get("attempts").asInt(),
                step.get("max_attempts").asInt(),
                backoff.isNumber() ? backoff.asInt() : null,
                result);
    }

    private static String text(JsonNode node, String name) {
        return node.get(name).asString();
    }

    private static @Nullable String nullable(JsonNode node, String name) {
        return node.get(name).isNull() ? null : node.get(name).asString();
    }

    private static @Nullable Instant time(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isString()) {
            return null;
        }
        return Instant.parse(value.asString().endsWith("Z") ? value.asString() : value.asString() + "Z");
    }
}
