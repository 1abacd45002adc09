package dev.tasker.server.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Bottlenecks;
import dev.tasker.engine.DeadLetter;
import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.ExecutionStatus;
import dev.tasker.engine.PerformanceMetrics;
import dev.tasker.engine.StepAudit;
import dev.tasker.engine.StepPerformance;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.SystemHealth;
import dev.tasker.engine.TaskPerformance;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskView;
import dev.tasker.engine.TemplateSummary;
import dev.tasker.server.api.DeadLetterWords;
import dev.tasker.server.api.NumberedPage;
import dev.tasker.server.json.Timestamps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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

        assertSame(StepJson.steps(steps), vector);
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

        assertThat(new String(StepJson.steps(List.of(step)), StandardCharsets.UTF_8))
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
                .readTree(new String(StepJson.steps(List.of(step)), StandardCharsets.UTF_8))
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
    void stepSurvives() throws IOException {
        JsonNode vector = Vectors.read("StepResponse.json");

        assertSame(StepJson.step(step(vector, text(vector, "step_uuid"), results(vector))), vector);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TaskListResponse.json", "TaskListResponse_empty.json"})
    void taskListSurvives(String name) throws IOException {
        JsonNode vector = Vectors.read(name);
        List<TaskView> tasks = new ArrayList<>();
        vector.get("tasks").forEach(task -> tasks.add(task(task)));
        JsonNode pagination = vector.get("pagination");

        byte[] written = TaskJson.page(new NumberedPage(
                tasks,
                pagination.get("page").asLong(),
                pagination.get("per_page").asInt(),
                pagination.get("total_count").asLong(),
                true));

        assertSame(written, vector);
    }

    @Test
    void totalOfWhatWasLookedThroughOnlySaysSo() {
        assertThat(new String(TaskJson.page(new NumberedPage(List.of(), 1, 20, 7, false)), UTF_8))
                .isEqualTo(
                        "{\"tasks\":[],\"pagination\":{\"page\":1,\"per_page\":20,\"total_count\":7,\"total_pages\":1,"
                                + "\"has_next\":false,\"has_previous\":false,\"total_is_exact\":false}}");
    }

    @Test
    void auditSurvives() throws IOException {
        JsonNode vector = Vectors.read("StepAuditResponse_list.json").get(0);
        StepAudit row = new StepAudit(
                UUID.fromString(text(vector, "audit_uuid")),
                UUID.fromString(text(vector, "transition_uuid")),
                UUID.fromString(text(vector, "workflow_step_uuid")),
                UUID.fromString(text(vector, "task_uuid")),
                Instant.parse(text(vector, "recorded_at")),
                UUID.fromString(text(vector, "worker_uuid")),
                UUID.fromString(text(vector, "correlation_id")),
                vector.get("success").asBoolean(),
                vector.get("execution_time_ms").asLong(),
                vector.get("result").toString(),
                text(vector, "step_name"),
                text(vector, "from_state"),
                text(vector, "to_state"));

        assertSame(StepJson.audit(List.of(row)), Vectors.JSON.createArrayNode().add(vector));
    }

    @Test
    void deadLettersSurvive() throws IOException {
        JsonNode vector = Vectors.read("DlqEntry_list.json");
        List<DeadLetter> letters = new ArrayList<>();
        for (JsonNode entry : vector) {
            letters.add(new DeadLetter(
                    UUID.fromString(text(entry, "dlq_entry_uuid")),
                    UUID.fromString(text(entry, "task_uuid")),
                    TaskState.valueOf(text(entry, "original_state").toUpperCase(Locale.ROOT)),
                    reason(entry),
                    Instant.parse(text(entry, "dlq_timestamp") + "Z"),
                    DeadLetterWords.status(text(entry, "resolution_status")),
                    time(entry, "resolution_timestamp"),
                    nullable(entry, "resolution_notes"),
                    nullable(entry, "resolved_by"),
                    entry.get("task_snapshot").toString(),
                    entry.get("metadata").isNull()
                            ? null
                            : entry.get("metadata").toString(),
                    Instant.parse(text(entry, "created_at") + "Z"),
                    Instant.parse(text(entry, "updated_at") + "Z")));
        }

        assertSame(DeadLetterJson.letters(letters), vector);
    }

    @Test
    void performanceSurvives() throws IOException {
        JsonNode vector = Vectors.read("PerformanceMetrics.json");

        byte[] written = AnalyticsJson.performance(new PerformanceMetrics(
                vector.get("total_tasks").asLong(),
                vector.get("active_tasks").asLong(),
                vector.get("completed_tasks").asLong(),
                vector.get("failed_tasks").asLong(),
                vector.get("completion_rate").asDouble(),
                vector.get("error_rate").asDouble(),
                vector.get("average_task_duration_seconds").asDouble(),
                vector.get("average_step_duration_seconds").asDouble(),
                vector.get("tasks_per_hour").asLong(),
                vector.get("steps_per_hour").asLong(),
                vector.get("system_health_score").asDouble(),
                OffsetDateTime.parse(text(vector, "analysis_period_start")).toInstant(),
                OffsetDateTime.parse(text(vector, "calculated_at")).toInstant()));

        assertSame(written, vector);
    }

    @Test
    void bottlenecksSurvive() throws IOException {
        JsonNode vector = Vectors.read("BottleneckAnalysis.json");
        JsonNode counted = vector.get("resource_utilization").get("system_health");
        Map<TaskState, Long> tasks = new EnumMap<>(TaskState.class);
        for (TaskState state : TaskState.values()) {
            tasks.put(state, counted.get(state.text() + "_tasks").asLong());
        }
        Map<StepState, Long> steps = new EnumMap<>(StepState.class);
        for (StepState state : StepState.values()) {
            steps.put(state, counted.get(state.text() + "_steps").asLong());
        }
        List<StepPerformance> slowSteps = new ArrayList<>();
        for (JsonNode row : vector.get("slow_steps")) {
            slowSteps.add(new StepPerformance(
                    text(row, "namespace_name"),
                    text(row, "task_name"),
                    text(row, "version"),
                    text(row, "step_name"),
                    row.get("average_duration_seconds").asDouble(),
                    row.get("max_duration_seconds").asDouble(),
                    row.get("execution_count").asLong(),
                    row.get("error_count").asLong(),
                    row.get("error_rate").asDouble(),
                    offset(row)));
        }
        JsonNode slowest = vector.get("slow_tasks").get(0);
        TaskPerformance slowTask = new TaskPerformance(
                text(slowest, "namespace_name"),
                text(slowest, "task_name"),
                text(slowest, "version"),
                slowest.get("average_duration_seconds").asDouble(),
                slowest.get("max_duration_seconds").asDouble(),
                slowest.get("execution_count").asLong(),
                slowest.get("average_step_count").asDouble(),
                slowest.get("error_count").asLong(),
                slowest.get("error_rate").asDouble(),
                offset(slowest));

        byte[] written = AnalyticsJson.bottlenecks(
                new Bottlenecks(slowSteps, List.of(slowTask), 0.4, new SystemHealth(tasks, steps)));

        JsonNode read = Vectors.JSON.readTree(new String(written, StandardCharsets.UTF_8));
        Shapes.assertSame(read, vector);
        assertThat(read).isEqualTo(withTotals(vector, read));
    }

    /** The sample's totals are not the sums of its counters. */
    private static JsonNode withTotals(JsonNode vector, JsonNode read) {
        ObjectNode copy = vector.deepCopy().asObject();
        ObjectNode health =
                copy.get("resource_utilization").get("system_health").asObject();
        JsonNode counted = read.get("resource_utilization").get("system_health");
        health.set("total_tasks", counted.get("total_tasks"));
        health.set("total_steps", counted.get("total_steps"));
        return copy;
    }

    private static @Nullable Instant offset(JsonNode row) {
        String text = nullable(row, "last_executed_at");
        return text == null ? null : OffsetDateTime.parse(text).toInstant();
    }

    private static DeadLetterReason reason(JsonNode entry) {
        return Arrays.stream(DeadLetterReason.values())
                .filter(reason -> DeadLetterWords.pascal(reason).equals(text(entry, "dlq_reason")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void errorEnvelopesSurvive() throws IOException {
        assertSame(Problem.NOT_FOUND.toReply(null).body(), Vectors.read("ErrorEnvelope.json"));
        assertSame(
                new Problem(
                                409,
                                "CONFLICT",
                                "A task with this identity already exists",
                                List.of(),
                                UUID.fromString("019cebab-8995-7d21-8f3e-6a1c2b9d4e50"),
                                null)
                        .toReply(null)
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
                        .toReply(null)
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
        return new String(StepJson.steps(List.of(step)), StandardCharsets.UTF_8);
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
                nullable(task, "parent_correlation_id") == null
                        ? null
                        : UUID.fromString(text(task, "parent_correlation_id")),
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
