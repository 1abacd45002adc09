package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.meter.Histogram;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.security.TestAuth;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scraper sees: names, units and labels of 03 §4. */
class MetricsRouteTest {
    private static final String TEMPLATE = """
        name: solo
        namespace_name: metrics
        version: 1.0.0
        steps:
          - name: only
            handler: {callable: metrics.only}
        """;
    private static final String SCOPE = "otel_scope_name=\"tasker-orchestration\"";

    @Test
    void instrumentsOfAServerHaveTheirNamesUnitsAndScopes(@TempDir Path folder) throws Exception {
        try (TaskerServer server = TaskerServer.start(ServerConfig.defaults(Environment.TEST)
                        .withEmbeddedDatabase(folder.resolve("pg"), false)
                        .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0))
                        .withAuth(TestAuth.config(TestAuth.key("good-key", "tasks:read"))));
                HttpClient http = HttpClient.newHttpClient()) {
            server.register("solo.yaml", TEMPLATE);
            server.engine()
                    .create(TaskRequest.of("metrics", "solo", "1.0.0", "{}"))
                    .join();
            URI base = server.restUrl().orElseThrow();
            String tasks = "/v1/tasks/019cebab-8995-7d21-8f3e-6a1c2b9d4e50";
            for (String key : List.of("good-key", "bad-key")) {
                http.send(
                        HttpRequest.newBuilder(base.resolve(tasks))
                                .header("X-API-Key", key)
                                .build(),
                        BodyHandlers.discarding());
            }
            http.send(
                    HttpRequest.newBuilder(base.resolve("/v1/templates"))
                            .header("X-API-Key", "good-key")
                            .build(),
                    BodyHandlers.discarding());

            assertThat(scrape(http, base))
                    .contains("target_info{service_name=\"tasker-orchestration\",service_version=\""
                            + TaskerServer.version() + "\",deployment_environment=\"test\"} 1\n")
                    .contains("# TYPE tasker_tasks_requests_total counter\n"
                            + "tasker_tasks_requests_total{task_type=\"solo\",namespace=\"metrics\"," + SCOPE + "} 1\n")
                    .contains("tasker_steps_enqueued_total{namespace=\"metrics\",step_name=\"only\"," + SCOPE + "} 1\n")
                    .contains("tasker_task_initialization_duration_milliseconds_bucket{task_type=\"solo\"," + SCOPE
                            + ",le=\"10000\"} 1\n")
                    .contains("tasker_task_initialization_duration_milliseconds_count{task_type=\"solo\"," + SCOPE
                            + "} 1\n")
                    .contains("tasker_tasks_active{state=\"steps_in_process\"," + SCOPE + "} 1\n")
                    .contains("tasker_channel_buffer_size{channel_name=\"lane-0\",component=\"commit_lane\","
                            + "otel_scope_name=\"tasker-channels\"} 20000\n")
                    .contains("tasker_orchestration_channel_health{channel_name=\"lane-0\",component=\"commit_lane\"}"
                            + " 0\n")
                    .contains("tasker_auth_requests_total{method=\"api_key\",result=\"success\","
                            + "otel_scope_name=\"tasker-security\"} 1\n")
                    .contains("tasker_auth_failures_total{reason=\"invalid\",otel_scope_name=\"tasker-security\"} 1\n")
                    .contains("tasker_permission_denials_total{permission=\"templates:read\","
                            + "otel_scope_name=\"tasker-security\"} 1\n")
                    .contains("tasker_http_server_request_duration_seconds_count{http_request_method=\"GET\","
                            + "http_route=\"/v1/tasks/{uuid}\",http_response_status_code=\"404\"," + SCOPE + "} 1\n")
                    .contains("tasker_http_server_request_duration_seconds_bucket{http_request_method=\"GET\","
                            + "http_route=\"/v1/tasks/{uuid}\",http_response_status_code=\"401\"," + SCOPE
                            + ",le=\"10\"} 1\n")
                    .containsPattern(
                            "tasker_db_pool_checkouts_total\\{pool=\"tasker\",otel_scope_name=\"tasker-database\"}"
                                    + " [1-9]")
                    .containsPattern("jvm_memory_used_bytes\\{jvm_memory_type=\"heap\"} [1-9]");
        }
    }

    @Test
    void labelsAreEscapedAndBoundsAreShownInTheirUnit() {
        String text = new MetricsText()
                .instrument(Instrument.counter("m", "a.b", List.of("x"), Map.of(List.of("q\"\\\n"), 3L)))
                .instrument(Instrument.histogram(
                        "m",
                        "d",
                        "s",
                        List.of(),
                        Map.of(List.of(), new Histogram(1, 0.0042, Collections.nCopies(15, 1L), 0.001))))
                .toString();

        assertThat(text)
                .startsWith("# TYPE tasker_a_b_total counter\n")
                .contains("tasker_a_b_total{x=\"q\\\"\\\\\\n\",otel_scope_name=\"m\"} 3\n")
                .contains("# TYPE tasker_d_seconds histogram\n")
                .contains("tasker_d_seconds_bucket{otel_scope_name=\"m\",le=\"0\"} 1\n")
                .contains("tasker_d_seconds_bucket{otel_scope_name=\"m\",le=\"0.005\"} 1\n")
                .contains("tasker_d_seconds_bucket{otel_scope_name=\"m\",le=\"10\"} 1\n")
                .contains("tasker_d_seconds_sum{otel_scope_name=\"m\"} 0.0042\n");
    }

    private static String scrape(HttpClient http, URI base) throws Exception {
        return http.send(HttpRequest.newBuilder(base.resolve("/metrics")).build(), BodyHandlers.ofString())
                .body();
    }
}
