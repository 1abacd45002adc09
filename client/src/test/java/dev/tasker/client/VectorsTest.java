package dev.tasker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Every sample of the contract becomes a record that holds all of it. */
class VectorsTest {
    private static final Set<String> PASCAL_CASE = Set.of("dlq_reason", "resolution_status");

    @ParameterizedTest
    @CsvSource({
        "TaskResponse, Task",
        "TaskResponse_created, Task",
        "TaskListResponse, TaskPage",
        "TaskListResponse_empty, TaskPage",
        "TaskSummaryResponse, TaskSummary",
        "StepResponse, Step",
        "StepResponse_list, Step",
        "StepAuditResponse_list, StepAudit",
        "TemplateListResponse, TemplateList",
        "TemplateDetail, Template",
        "PerformanceMetrics, Performance",
        "BottleneckAnalysis, Bottlenecks",
        "BottleneckAnalysis_empty, Bottlenecks",
        "DlqEntry, DeadLetter",
        "DlqEntry_list, DeadLetter",
        "DlqStats_list, DeadLetterStats",
        "DlqInvestigationQueueEntry_list, QueuedDeadLetter",
        "StalenessMonitoring_list, StaleTask",
        "OrchestrationConfigResponse, ServerConfiguration",
        "HealthResponse, HealthStatus",
        "HealthResponse_live, HealthStatus",
        "ReadinessResponse, HealthReport",
        "DetailedHealthResponse, HealthReport",
        "WorkerBasicHealthResponse, WorkerStatus",
        "WorkerReadinessResponse, WorkerReport",
        "WorkerDetailedHealthResponse, WorkerReport",
        "WorkerConfigResponse, WorkerConfiguration",
        "WorkerTemplateListResponse, WorkerTemplateList",
        "WorkerTemplateValidationResponse, WorkerTemplateValidation"
    })
    void sampleSurvivesItsRecord(String sample, String type) throws Exception {
        String text = Vectors.read(sample + ".json");
        Class<?> record = Class.forName("dev.tasker.client." + type);
        JavaType javaType = sample.endsWith("_list")
                ? Json.MAPPER.getTypeFactory().constructCollectionType(List.class, record)
                : Json.MAPPER.constructType(record);

        Object read = Json.MAPPER.readValue(text, javaType);

        assertThat(same(Json.MAPPER.valueToTree(read), "")).isEqualTo(same(Json.MAPPER.readTree(text), ""));
    }

    /** Those of a worker are for another client; what a PATCH of a dead letter answers is looked at by its status. */
    @Test
    void noSampleOfTheServerIsForgotten() throws IOException {
        assertThat(Vectors.names().stream()
                        .filter(name -> !name.startsWith("Worker") && !name.startsWith("ErrorEnvelope")))
                .hasSize(25)
                .contains("UpdateInvestigationResponse.json", "DomainEventStats.json");
    }

    @Test
    void refusalsAreTheirKinds() throws IOException {
        TaskerException notFound =
                refusal(404, Map.of("x-request-id", List.of("r-1")), Vectors.read("ErrorEnvelope.json"));
        TaskerException conflict = refusal(409, Map.of(), Vectors.read("ErrorEnvelope_conflict.json"));
        TaskerException backpressure =
                refusal(503, Map.of("Retry-After", List.of("30")), Vectors.read("ErrorEnvelope_backpressure.json"));
        TaskerException notReady = refusal(503, Map.of(), Vectors.read("ErrorEnvelope_not_ready.json"));

        assertThat(notFound).isInstanceOf(TaskerException.NotFound.class).hasMessage("Resource not found");
        assertThat(notFound.code()).isEqualTo("NOT_FOUND");
        assertThat(notFound.requestId()).isEqualTo("r-1");
        assertThat(notFound.isRetryable()).isFalse();
        assertThat(((TaskerException.Conflict) conflict).existingTask())
                .contains(UUID.fromString("019cebab-8995-7d21-8f3e-6a1c2b9d4e50"));
        assertThat(backpressure).isInstanceOf(TaskerException.Backpressure.class);
        assertThat(backpressure.retryAfter())
                .hasValueSatisfying(after -> assertThat(after).hasSeconds(30));
        assertThat(notReady).isInstanceOf(TaskerException.Unavailable.class);
        assertThat(notReady.isRetryable()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "400, Validation",
        "401, Unauthorized",
        "403, Forbidden",
        "408, Timeout",
        "413, Validation",
        "418, Protocol",
        "422, Validation",
        "302, Protocol",
        "500, Unavailable",
        "502, Unavailable"
    })
    void answersOfOthersAreTheirKindsToo(int status, String kind) {
        TaskerException refusal = refusal(status, Map.of(), "<html>no</html>");

        assertThat(refusal.getClass().getSimpleName()).isEqualTo(kind);
        assertThat(refusal).hasMessage("HTTP " + status + ": <html>no</html>");
        assertThat(refusal.code()).isEmpty();
    }

    @Test
    void workersRefuseInTheirOwnForm() throws IOException {
        TaskerException unknown = refusal(404, Map.of(), Vectors.read("WorkerErrorResponse.json"));

        assertThat(unknown)
                .isInstanceOf(TaskerException.NotFound.class)
                .hasMessage("Template not found: warehouse/parcel_sorting/9.9.9");
        assertThat(unknown.code()).isEqualTo("template_not_found");
    }

    @Test
    void violationsAndPermissionsAreNamed() {
        TaskerException.Validation invalid = (TaskerException.Validation) refusal(422, Map.of(), """
            {"error":{"code":"VALIDATION_ERROR","message":"no","details":[{"field":"name","message":"missing"}]}}
            """);
        TaskerException.Forbidden forbidden = (TaskerException.Forbidden) refusal(403, Map.of(), """
            {"error":{"code":"AUTHORIZATION_FAILED","message":"Missing required permission: tasks:list"}}
            """);

        assertThat(invalid.violations()).map(Object::toString).containsExactly("name: missing");
        assertThat(forbidden.permission()).contains("tasks:list");
    }

    @Test
    void whatLaterServersSayDoesNotHurt() throws IOException {
        ObjectNode task = (ObjectNode) Json.MAPPER.readTree(Vectors.read("TaskResponse.json"));
        task.put("status", "meditating").put("mood", "good").remove("tags");

        Task read = Json.MAPPER.treeToValue(task, Task.class);

        assertThat(read.status()).isEqualTo(TaskState.UNKNOWN);
        assertThat(read.status().isResting()).isFalse();
        assertThat(read.tags()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"task_uuid", "status", "steps", "created_at", "total_steps"})
    void whatMustBeThereIsMissed(String name) throws IOException {
        ObjectNode missing = (ObjectNode) Json.MAPPER.readTree(Vectors.read("TaskResponse.json"));
        ObjectNode empty = missing.deepCopy().putNull(name);
        missing.remove(name);

        assertThatThrownBy(() -> Json.MAPPER.treeToValue(missing, Task.class)).hasMessageContaining(name);
        assertThatThrownBy(() -> Json.MAPPER.treeToValue(empty, Task.class)).hasMessageContaining(name);
    }

    @Test
    void fourFormsOfTimesAreOneInstant() {
        for (String text : List.of(
                "2026-03-14T09:26:53.589793Z", "2026-03-14T09:26:53.589793", "2026-03-14T10:26:53.589793+01:00")) {
            assertThat(Json.MAPPER.readValue('"' + text + '"', Instant.class))
                    .isEqualTo(Instant.parse("2026-03-14T09:26:53.589793Z"));
        }
        assertThatThrownBy(() -> Json.MAPPER.readValue("\"yesterday\"", Instant.class))
                .hasMessageContaining("yesterday");
    }

    private static TaskerException refusal(int status, Map<String, List<String>> headers, String body) {
        return Refusal.of(new Answer(status, HttpHeaders.of(headers, (_, _) -> true), body, 1));
    }

    /** With one form of times, one spelling of enums, and nothing that is null. */
    private static JsonNode same(JsonNode node, String name) {
        if (node.isObject()) {
            ObjectNode object = Json.MAPPER.createObjectNode();
            node.properties().stream()
                    .filter(member -> !member.getValue().isNull())
                    .forEach(member -> object.set(member.getKey(), same(member.getValue(), member.getKey())));
            return object;
        }
        if (node.isArray()) {
            return Json.MAPPER.valueToTree(
                    node.valueStream().map(each -> same(each, name)).toList());
        }
        if (node.isString() && PASCAL_CASE.contains(name)) {
            return Json.MAPPER.valueToTree(node.asString().replace("_", "").toLowerCase(Locale.ROOT));
        }
        if (node.isString() && node.asString().matches("\\d{4}-\\d\\d-\\d\\dT.*")) {
            return Json.MAPPER.valueToTree(Json.MAPPER.treeToValue(node, Instant.class));
        }
        return node.isNumber() ? Json.MAPPER.valueToTree(node.asDouble()) : node;
    }
}
