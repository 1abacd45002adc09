package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the listener answers while it cannot keep up, and while the database is gone. */
class LoadAndLossTest {
    private OpenRoutes open;
    private TestClient client;

    @BeforeEach
    void start(@TempDir Path folder) {
        open = OpenRoutes.start(folder);
        open.server().register("pair.yaml", ApiScene.template("pair"));
        client = open.client();
    }

    @AfterEach
    void stop() {
        open.close();
    }

    @Test
    void fullLanesRefuseNewTasksAndNothingElse() throws Exception {
        open.fillLanes(5_000);

        HttpResponse<String> refused = create("{\"a\":1}");

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("30");
        JsonNode sample = Vectors.read("ErrorEnvelope_backpressure.json");
        Shapes.assertSame(Vectors.JSON.readTree(TestClient.withoutRequestId(refused)), sample);
        assertThat(TestClient.json(refused).get("error").get("message").asString())
                .isEqualTo("Service under backpressure: Queue 'orchestration_task_requests' at critical depth (5000"
                        + " messages)");
        assertThat(client.get("/v1/tasks").statusCode()).isEqualTo(200);
        JsonNode detailed = client.read("/health/detailed");
        assertThat(detailed.get("status").asString()).isEqualTo("degraded");
        assertThat(detailed.get("checks").get("queue_depth").get("status").asString())
                .isEqualTo("unhealthy");
    }

    @Test
    void contextsBeyondTheLimitsAreRefusedAndLeaveTheBreakerAlone() throws Exception {
        String deep = "{\"a\":".repeat(11) + "1" + "}".repeat(11);
        String wide = IntStream.range(0, 1_001)
                .mapToObj(number -> "\"k" + number + "\":1")
                .collect(Collectors.joining(",", "{", "}"));
        String longText = "{\"a\":\"" + "x".repeat(10_001) + "\"}";
        String large = IntStream.range(0, 130)
                .mapToObj(number -> "\"k" + number + "\":\"" + "x".repeat(9_000) + "\"")
                .collect(Collectors.joining(",", "{", "}"));

        for (String context : new String[] {deep, wide, longText, large, deep, wide}) {
            HttpResponse<String> refused = create(context);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(TestClient.json(refused).get("error").get("code").asString())
                    .isEqualTo("BAD_REQUEST");
        }

        assertThat(client.read("/health/ready")
                        .get("info")
                        .get("circuit_breaker_state")
                        .asString())
                .isEqualTo("Closed");
    }

    @Test
    void databaseThatIsGoneIsSpared() throws Exception {
        open.server().close();
        for (int i = 0; i < 5; i++) {
            assertThat(client.get("/v1/tasks").statusCode()).isIn(500, 503);
        }

        HttpResponse<String> list = client.get("/v1/tasks");
        HttpResponse<String> report = client.get("/v1/analytics/performance");
        HttpResponse<String> created = create("{\"a\":1}");
        HttpResponse<String> cancelled = client.delete("/v1/tasks/00000000-0000-4000-8000-000000000000");

        assertThat(code(list)).isEqualTo("503 SERVICE_UNAVAILABLE");
        assertThat(code(cancelled)).isEqualTo("503 SERVICE_UNAVAILABLE");
        assertThat(code(report)).isEqualTo("503 CIRCUIT_BREAKER_OPEN");
        assertThat(report.headers().firstValue("Retry-After")).contains("30");
        assertThat(code(created)).isEqualTo("503 BACKPRESSURE");
        assertThat(created.body()).contains("Circuit breaker open");
        JsonNode detailed = client.read("/health/detailed");
        assertThat(detailed.get("info").get("circuit_breaker_state").asString()).isEqualTo("Open");
        assertThat(detailed.get("checks").get("circuit_breaker").get("status").asString())
                .isEqualTo("degraded");
    }

    @Test
    void readinessTellsWhichCheckFailsAndRecovers() throws Exception {
        open.loseDatabase(true);
        HttpResponse<String> lost = client.get("/health/ready");
        JsonNode detailed = client.read("/health/detailed");
        open.loseDatabase(false);
        HttpResponse<String> found = client.get("/health/ready");

        assertThat(lost.statusCode()).isEqualTo(503);
        Shapes.assertSame(
                Vectors.JSON.readTree(TestClient.withoutRequestId(lost)), Vectors.read("ErrorEnvelope_not_ready.json"));
        assertThat(detailed.get("status").asString()).isEqualTo("degraded");
        assertThat(found.statusCode()).isEqualTo(200);
        assertThat(client.read("/health").get("status").asString()).isEqualTo("healthy");
    }

    private HttpResponse<String> create(String context) throws Exception {
        return client.send("POST", "/v1/tasks", """
            {"namespace":"api_test","name":"pair","version":"1.0.0","initiator":"i","source_system":"s",
             "reason":"r","context":%s}
            """.formatted(context));
    }

    private static String code(HttpResponse<String> answer) {
        return answer.statusCode() + " "
                + TestClient.json(answer).get("error").get("code").asString();
    }
}
