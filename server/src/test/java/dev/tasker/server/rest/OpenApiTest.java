package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.server.security.Access;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The document tells of exactly the routes there are, and of replies as the contract's samples are. */
@TestInstance(Lifecycle.PER_CLASS)
class OpenApiTest {
    private static final JsonNode DOCUMENT = ApiContract.DOCUMENT;
    private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");

    /** Served by what is not part of this listener's own routes, or a protocol of its own. */
    private static final Set<String> ELSEWHERE = Set.of("/config");

    private static final String WORKERS = "/v1/workers/";

    private OpenRoutes open;

    @BeforeAll
    void start(@TempDir Path folder) {
        open = OpenRoutes.start(folder);
    }

    @AfterAll
    void stop() {
        open.close();
    }

    @Test
    void everyRouteIsDescribedWithItsPermission() {
        for (Route route : open.routes()) {
            if (route.path().startsWith(WORKERS)) {
                continue;
            }
            JsonNode operation = DOCUMENT.path("paths")
                    .path(route.path())
                    .path(route.method().toLowerCase(Locale.ROOT));
            String name = route.method() + " " + route.path();
            assertThat(operation.isObject()).as(name).isTrue();
            switch (route.access()) {
                case Access.Public() ->
                    assertThat(operation.get("security").isEmpty()).as(name).isTrue();
                case Access.Needs(var permission) ->
                    assertThat(operation.path("x-required-permission").asString(""))
                            .as(name)
                            .isEqualTo(permission.text());
            }
        }
    }

    @Test
    void nothingIsDescribedThatIsNotServed() {
        Set<String> served = new HashSet<>();
        open.routes().forEach(route -> served.add(route.method().toLowerCase(Locale.ROOT) + " " + route.path()));
        DOCUMENT.get("paths")
                .propertyNames()
                .forEach(path -> METHODS.stream()
                        .filter(method -> DOCUMENT.get("paths").get(path).has(method) && !ELSEWHERE.contains(path))
                        .forEach(method -> assertThat(served).contains(method + " " + path)));
    }

    @Test
    void operationsHaveTheirNamesEachOnce() {
        Set<String> names = new HashSet<>();
        DOCUMENT.get("paths")
                .forEach(item -> METHODS.stream()
                        .filter(item::has)
                        .forEach(method -> assertThat(names.add(
                                        item.get(method).get("operationId").asString()))
                                .isTrue()));
        assertThat(names)
                .contains("create_task", "list_tasks", "get_task", "cancel_task", "list_task_steps", "get_step")
                .contains("resolve_step_manually", "get_step_audit", "list_templates", "get_template")
                .contains("get_performance_metrics", "get_bottlenecks", "list_dlq_entries", "get_dlq_entry")
                .contains("update_dlq_investigation", "get_dlq_stats", "get_investigation_queue")
                .contains("get_staleness_monitoring", "get_config", "basic_health", "readiness_probe")
                .contains("liveness_probe", "detailed_health", "get_task_summary");
        assertThat(DOCUMENT.get("openapi").asString()).isEqualTo("3.1.0");
        assertThat(DOCUMENT.get("info").get("title").asString()).isEqualTo("Tasker Web API");
        assertThat(DOCUMENT.get("info").get("version").asString()).isEqualTo("1.0.0");
        assertThat(DOCUMENT.get("servers").get(0).get("url").asString()).isEqualTo("/");
    }

    @ParameterizedTest
    @CsvSource({
        "TaskResponse, TaskResponse",
        "TaskResponse_created, TaskResponse",
        "TaskListResponse, TaskListResponse",
        "TaskListResponse_empty, TaskListResponse",
        "TaskSummaryResponse, TaskSummaryResponse",
        "StepResponse, StepResponse",
        "StepResponse_list, StepResponse",
        "StepAuditResponse_list, StepAuditResponse",
        "TemplateListResponse, TemplateListResponse",
        "TemplateDetail, TemplateDetail",
        "PerformanceMetrics, PerformanceMetrics",
        "BottleneckAnalysis, BottleneckAnalysis",
        "BottleneckAnalysis_empty, BottleneckAnalysis",
        "DlqEntry, DlqEntry",
        "DlqEntry_list, DlqEntry",
        "UpdateInvestigationResponse, UpdateInvestigationResponse",
        "DlqStats_list, DlqStats",
        "DlqInvestigationQueueEntry_list, DlqInvestigationQueueEntry",
        "StalenessMonitoring_list, StalenessMonitoring",
        "OrchestrationConfigResponse, OrchestrationConfigResponse",
        "HealthResponse, HealthResponse",
        "HealthResponse_live, HealthResponse",
        "ReadinessResponse, ReadinessResponse",
        "DetailedHealthResponse, DetailedHealthResponse",
        "ErrorEnvelope, Error",
        "ErrorEnvelope_conflict, Error",
        "ErrorEnvelope_backpressure, Error",
        "ErrorEnvelope_not_ready, NotReady"
    })
    void samplesKeepToTheirSchemas(String file, String schema) throws IOException {
        JsonNode sample = Vectors.read(file + ".json");
        for (JsonNode each :
                sample.isArray() ? sample : Vectors.JSON.createArrayNode().add(sample)) {
            ApiContract.requireValid("/components/schemas/" + schema, each.toString(), file);
        }
    }

    @Test
    void schemasRefuseWhatClientsRefuse() throws IOException {
        String task = Vectors.read("TaskResponse.json").toString();

        refused("TaskResponse", task.replace("\"steps\":", "\"stairs\":"));
        refused("TaskResponse", task.replace("\"total_steps\":4", "\"total_steps\":\"4\""));
        refused("TaskResponse", task.replaceFirst("(\"created_at\":\"[^\"]*)Z\"", "$1+00\""));
        refused("TaskResponse", task.replaceFirst("\"correlation_id\":\"[^\"]*\"", "\"correlation_id\":\"\""));
        refused("DlqEntry", Vectors.read("DlqEntry.json").toString().replaceAll("(T[0-9:.]+)\"", "$1Z\""));
    }

    @Test
    void documentAndPageAreServed() throws Exception {
        TestClient client = open.client();

        assertThat(client.read("/api-docs/openapi.json")).isEqualTo(DOCUMENT);
        assertThat(client.get("/api-docs/ui").headers().firstValue("location")).contains("/api-docs/ui/");
        assertThat(client.get("/api-docs/ui").statusCode()).isEqualTo(308);
        assertThat(client.get("/api-docs/ui/").body())
                .startsWith("<!doctype html>")
                .doesNotContain("http://")
                .doesNotContain("https://");
    }

    private static void refused(String schema, String json) {
        assertThatThrownBy(() -> ApiContract.requireValid("/components/schemas/" + schema, json, schema))
                .isInstanceOf(AssertionError.class);
    }
}
