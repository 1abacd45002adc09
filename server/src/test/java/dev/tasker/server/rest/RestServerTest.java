package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The routes of a real server on a real database, as a client sees them. */
@TestInstance(Lifecycle.PER_CLASS)
class RestServerTest {
    private static final String TEMPLATE = """
        name: pair
        namespace_name: rest_test
        version: 1.0.0
        description: Two steps in a row
        steps:
          - name: first
            handler: {callable: rest.first}
          - name: second
            dependencies: [first]
            handler: {callable: rest.second}
        """;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger orders = new AtomicInteger();
    private TaskerServer server;

    @BeforeAll
    void start(@TempDir Path folder) {
        server = TaskerServer.start(ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0)));
        server.register("pair.yaml", TEMPLATE);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void createdTaskIsAnsweredAndFoundAgain() throws Exception {
        ObjectNode request = request();
        request.put("priority", 5);
        request.putArray("tags").add("eu");
        request.put("correlation_id", "2f6b9a34-7c0d-4e1b-9d6f-18a5c3e7b240");
        request.put("requested_at", "2025-10-01T12:34:56.123456789");
        request.putNull("options");
        request.put("unknown_field", "ignored");

        HttpResponse<String> created = post(request.toString());

        assertThat(created.statusCode()).isEqualTo(200);
        assertThat(created.headers().firstValue("content-type")).contains("application/json");
        JsonNode task = json(created);
        assertThat(task.propertyNames())
                .containsExactlyElementsOf(
                        Vectors.read("TaskResponse_created.json").propertyNames());
        assertThat(task.get("status").asString()).isEqualTo("steps_in_process");
        assertThat(task.get("total_steps").asInt()).isEqualTo(2);
        assertThat(task.get("priority").asInt()).isEqualTo(5);
        assertThat(task.get("tags").toString()).isEqualTo("[\"eu\"]");
        assertThat(task.get("correlation_id").asString()).isEqualTo("2f6b9a34-7c0d-4e1b-9d6f-18a5c3e7b240");
        assertThat(task.get("steps").get(0).propertyNames())
                .containsExactlyElementsOf(Vectors.read("TaskResponse_created.json")
                        .get("steps")
                        .get(0)
                        .propertyNames());
        assertThat(json(get("/v1/tasks/" + task.get("task_uuid").asString())).toString())
                .isEqualTo(task.toString());
    }

    @Test
    void contextComesBackVerbatim() throws Exception {
        String context = "{\"order\" : %d, \"big\":9007199254740993, \"f\":1.50, \"nul\":\"\\u0000\", \"s\":\"ü🙂\"}"
                .formatted(orders.incrementAndGet());
        String body = request().toString().replaceFirst("\"context\":\\{[^}]*}", "\"context\":" + quoted(context));

        HttpResponse<String> created = post(body);

        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        assertThat(created.body()).contains("\"context\":" + context);
    }

    @Test
    void stepsAreListedInOrderWithEveryKey() throws Exception {
        String uuid = json(post(request().toString())).get("task_uuid").asString();

        JsonNode steps = json(get("/v1/tasks/" + uuid + "/workflow_steps"));

        assertThat(steps.size()).isEqualTo(2);
        assertThat(steps.get(0).get("name").asString()).isEqualTo("first");
        assertThat(steps.get(0).get("current_state").asString()).isEqualTo("enqueued");
        assertThat(steps.get(1).get("current_state").asString()).isEqualTo("pending");
        assertThat(steps.get(0).propertyNames())
                .containsExactlyElementsOf(Vectors.read("StepResponse.json").propertyNames());
    }

    @Test
    void stepIsOfTheNamespaceOfItsTask() throws Exception {
        String uuid = json(post(request().toString())).get("task_uuid").asString();
        JsonNode steps = json(get("/v1/tasks/" + uuid + "/workflow_steps"));
        UUID stepUuid = UUID.fromString(steps.get(1).get("step_uuid").asString());

        assertThat(server.engine().namespaceOf(stepUuid)).contains("rest_test");
        assertThat(server.engine().namespaceOf(UUID.randomUUID())).isEmpty();
    }

    @Test
    void stepsOfAnUnknownTaskAreNone() throws Exception {
        HttpResponse<String> answer = get("/v1/tasks/" + UUID.randomUUID() + "/workflow_steps");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("[]");
    }

    @Test
    void sameIdentityIsAConflictThatNamesTheTask() throws Exception {
        String body = request().toString();
        String uuid = json(post(body)).get("task_uuid").asString();

        HttpResponse<String> again = post(body);

        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(TestClient.withoutRequestId(again))
                .isEqualTo("{\"error\":{\"code\":\"CONFLICT\",\"message\":\"A task with this identity already exists\","
                        + "\"details\":{\"task_uuid\":\"" + uuid + "\"}}}");
    }

    @Test
    void repetitionUnderTheHeaderIsAnsweredWithTheFirstTask() throws Exception {
        String key = UUID.randomUUID().toString();
        HttpResponse<String> first = send(posting(request().toString()).header("Idempotency-Key", key));
        HttpResponse<String> second = send(posting(request().toString()).header("Idempotency-Key", key));
        HttpResponse<String> asField =
                post(request().put("idempotency_key", key).toString());

        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(second.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(json(second).get("task_uuid")).isEqualTo(json(first).get("task_uuid"));
        assertThat(asField.statusCode()).isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "namespace", "version", "context", "initiator", "source_system", "reason"})
    void missingRequiredFieldIsUnprocessable(String field) throws Exception {
        ObjectNode request = request();
        request.remove(field);

        HttpResponse<String> answer = post(request.toString());

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(json(answer).get("error").get("code").asString()).isEqualTo("VALIDATION_ERROR");
        assertThat(json(answer).get("error").get("details").get(0).get("field").asString())
                .isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        name | 5
        reason | null
        tags | "eu"
        tags | [1]
        priority | 1.5
        priority | "high"
        priority | 3000000000
        correlation_id | "1-1-1-1-1"
        parent_correlation_id | 7
        requested_at | "yesterday"
        options | []
        idempotency_key | {}
        """)
    void fieldOfTheWrongTypeIsUnprocessable(String field, String value) throws Exception {
        ObjectNode request = request();
        request.set(field, Vectors.JSON.readTree(value));

        HttpResponse<String> answer = post(request.toString());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
        assertThat(json(answer).get("error").get("details").get(0).get("field").asString())
                .isEqualTo(field);
    }

    @Test
    void allFaultsAreListedAtOnce() throws Exception {
        HttpResponse<String> answer = post("{\"name\":1,\"priority\":\"x\"}");

        assertThat(json(answer).get("error").get("details").size()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        name | "" | Task name cannot be empty
        namespace | "" | Namespace cannot be empty
        version | "" | Version cannot be empty
        context | null | context
        context | [] | context
        priority | 101 | priority
        """)
    void refusalsOfTheEngineAreBadRequests(String field, String value, String message) throws Exception {
        ObjectNode request = request();
        request.set(field, Vectors.JSON.readTree(value));

        HttpResponse<String> answer = post(request.toString());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).get("error").get("code").asString()).isEqualTo("BAD_REQUEST");
        assertThat(json(answer).get("error").get("message").asString()).startsWith(message);
    }

    @Test
    void unknownTemplateIsNotFound() throws Exception {
        HttpResponse<String> answer = post(request().put("version", "9.9.9").toString());

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(json(answer).get("error").get("message").asString()).startsWith("Task template not found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"name\":", "", " ", "{} trailing", "{} {}", "[] []"})
    void brokenJsonIsAJsonError(String body) throws Exception {
        HttpResponse<String> answer = post(body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("error").get("code").asString()).isEqualTo("JSON_ERROR");
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    }

    @Test
    void malformedJsonIsAJsonError() throws Exception {
        HttpResponse<String> answer = post("{\"name\":");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("error").get("code").asString()).isEqualTo("JSON_ERROR");
        assertThat(json(answer).get("error").get("message").asString()).isEqualTo("Invalid JSON format");
    }

    @Test
    void arraysAreUnprocessable() throws Exception {
        assertThat(post("[]").statusCode()).isEqualTo(422);
    }

    @Test
    void textThatIsNotUtf8IsAJsonError() throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(url("/v1/tasks"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(new byte[] {'"', (byte) 0xff, '"'})));

        assertThat(answer.statusCode()).isEqualTo(400);
    }

    @Test
    void otherMediaTypesAreRefused() throws Exception {
        HttpResponse<String> plain = send(HttpRequest.newBuilder(url("/v1/tasks"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{}")));
        HttpResponse<String> none =
                send(HttpRequest.newBuilder(url("/v1/tasks")).POST(BodyPublishers.ofString("{}")));
        HttpResponse<String> suffix = send(HttpRequest.newBuilder(url("/v1/tasks"))
                .header("Content-Type", "application/problem+json; charset=utf-8")
                .POST(BodyPublishers.ofString("{}")));

        assertThat(plain.statusCode()).isEqualTo(415);
        assertThat(json(plain).get("error").get("code").asString()).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        assertThat(none.statusCode()).isEqualTo(415);
        assertThat(suffix.statusCode()).isEqualTo(422);
    }

    @Test
    void bodiesBeyondTheLimitAreRefused() throws Exception {
        String tooLong = "\"" + "x".repeat(Call.BODY_BYTES_MAX) + "\"";
        HttpResponse<String> chunked = send(HttpRequest.newBuilder(url("/v1/tasks"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(tooLong.getBytes(StandardCharsets.UTF_8)))));

        assertThat(chunked.statusCode()).isEqualTo(413);
        assertThat(raw("POST /v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                        + (Call.BODY_BYTES_MAX + 1) + "\r\n\r\n{"))
                .startsWith("HTTP/1.1 413");
        assertThat(json(get("/health")).get("status").asString()).isEqualTo("healthy");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/tasks/abc,400,INVALID_UUID,abc",
        "/v1/tasks/1-1-1-1-1,400,INVALID_UUID,1-1-1-1-1",
        "/v1/tasks/a%2Fb,400,INVALID_UUID,a/b",
        "/v1/tasks/00000000-0000-4000-8000-000000000000,404,NOT_FOUND,Resource not found",
        "/v1/tasks/abc/workflow_steps,400,BAD_REQUEST,Invalid task UUID format",
        "/v1/templates/,404,NOT_FOUND,Resource not found",
        "/v1/tasks/,404,NOT_FOUND,Resource not found",
        "/v1/tasks//workflow_steps,404,NOT_FOUND,Resource not found",
        "/v1/nothing,404,NOT_FOUND,Resource not found",
        "/health/,404,NOT_FOUND,Resource not found",
        "/,404,NOT_FOUND,Resource not found",
    })
    void pathsThatLeadNowhereSayWhy(String path, int status, String code, String message) throws Exception {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(json(answer).get("error").get("code").asString()).isEqualTo(code);
        assertThat(json(answer).get("error").get("message").asString()).isEqualTo(message);
    }

    @Test
    void pathsOfAnEarlyGuideAreServed() throws Exception {
        HttpResponse<String> created = send(HttpRequest.newBuilder(url("/api/v1/tasks"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(request().toString())));
        String path = "/v1/tasks/" + json(created).path("task_uuid").asString();

        assertThat(created.statusCode()).isEqualTo(200);
        assertThat(get("/api" + path).body()).isEqualTo(get(path).body());
        assertThat(get("/api/health").statusCode()).isEqualTo(404);
        assertThat(get("/api/v1").statusCode()).isEqualTo(404);
    }

    @Test
    void wrongMethodIsToldTheRightOnes() throws Exception {
        HttpResponse<String> delete =
                send(HttpRequest.newBuilder(url("/v1/templates")).DELETE());
        HttpResponse<String> put = send(HttpRequest.newBuilder(url("/v1/tasks")).PUT(BodyPublishers.noBody()));

        assertThat(delete.statusCode()).isEqualTo(405);
        assertThat(delete.headers().firstValue("Allow")).contains("GET, HEAD, POST");
        assertThat(put.statusCode()).isEqualTo(405);
        assertThat(put.headers().firstValue("Allow")).contains("POST, GET, HEAD");
    }

    @Test
    void headAnswersLikeGetWithoutBody() throws Exception {
        HttpResponse<String> head = send(HttpRequest.newBuilder(url("/health")).HEAD());

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("content-length").orElse(0)).isPositive();
    }

    @Test
    void requestIdIsEchoedOrMade() throws Exception {
        HttpResponse<String> echoed =
                send(HttpRequest.newBuilder(url("/health")).header("x-request-id", "me.1-2_3"));
        HttpResponse<String> invalid =
                send(HttpRequest.newBuilder(url("/nowhere")).header("x-request-id", "not valid!"));

        assertThat(echoed.headers().firstValue("x-request-id")).contains("me.1-2_3");
        assertThat(invalid.headers().firstValue("x-request-id"))
                .hasValueSatisfying(
                        id -> assertThat(UUID.fromString(id).version()).isEqualTo(4));
    }

    @Test
    void browsersOfAnyOriginMayCall() throws Exception {
        String preflight = raw("""
            OPTIONS /v1/tasks HTTP/1.1\r
            Host: x\r
            Origin: http://ui\r
            Access-Control-Request-Method: POST\r
            Connection: close\r
            \r
            """);
        HttpResponse<String> answer = get("/health");

        assertThat(preflight).startsWith("HTTP/1.1 200");
        assertThat(preflight.toLowerCase(Locale.ROOT))
                .contains("access-control-allow-methods: *")
                .contains("authorization, content-type, x-api-key, x-request-id, idempotency-key");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
        assertThat(answer.headers().firstValue("Access-Control-Expose-Headers")).contains("x-request-id, retry-after");
    }

    @Test
    void templatesAreListedAndFiltered() throws Exception {
        JsonNode all = json(get("/v1/templates"));
        JsonNode none = json(get("/v1/templates?namespace=no+such"));

        assertThat(all.toString())
                .isEqualTo("{\"namespaces\":[{\"name\":\"rest_test\","
                        + "\"description\":\"Auto-created namespace for rest_test\",\"template_count\":1}],"
                        + "\"templates\":[{\"name\":\"pair\",\"namespace\":\"rest_test\",\"version\":\"1.0.0\","
                        + "\"description\":\"Two steps in a row\",\"step_count\":2}],\"total_count\":1}");
        assertThat(none.toString()).isEqualTo("{\"namespaces\":[],\"templates\":[],\"total_count\":0}");
        assertThat(raw("GET /v1/templates?namespace=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void probesAnswerInTheirShape() throws Exception {
        assertThat(json(get("/health")).propertyNames()).containsExactly("status", "timestamp");
        assertThat(json(get("/health/live")).get("status").asString()).isEqualTo("alive");
        assertThat(json(get("/health")).get("timestamp").asString())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}\\+00:00");
        JsonNode ready = json(get("/health/ready"));
        JsonNode vector = Vectors.read("ReadinessResponse.json");
        assertThat(ready.propertyNames()).containsExactlyElementsOf(vector.propertyNames());
        assertThat(ready.get("checks").propertyNames())
                .containsExactlyElementsOf(vector.get("checks").propertyNames());
        assertThat(ready.get("info").propertyNames())
                .containsExactlyElementsOf(vector.get("info").propertyNames());
        assertThat(ready.get("info").get("environment").asString()).isEqualTo("test");
    }

    @Test
    void detailedHealthHasEveryCheckAndFigure() throws Exception {
        HttpResponse<String> answer = get("/health/detailed");
        JsonNode detailed = json(answer);
        JsonNode vector = Vectors.read("DetailedHealthResponse.json");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(detailed.propertyNames()).containsExactlyElementsOf(vector.propertyNames());
        assertThat(detailed.get("checks").propertyNames())
                .containsExactlyElementsOf(vector.get("checks").propertyNames());
        assertThat(detailed.get("info").propertyNames())
                .containsExactlyElementsOf(vector.get("info").propertyNames());
        JsonNode pools = detailed.get("info").get("pool_utilization");
        JsonNode vectorPools = vector.get("info").get("pool_utilization");
        for (String pool : vectorPools.propertyNames()) {
            assertThat(pools.get(pool).propertyNames())
                    .containsExactlyElementsOf(vectorPools.get(pool).propertyNames());
            assertThat(pools.get(pool).get("max_connections").asInt()).isEqualTo(30);
            assertThat(pools.get(pool).get("total_acquires").asLong()).isPositive();
        }
        assertThat(detailed.get("checks").get("queue_depth").get("status").asString())
                .isEqualTo("healthy");
        assertThat(detailed.get("checks")
                        .get("channel_saturation")
                        .get("status")
                        .asString())
                .isEqualTo("healthy");
        assertThat(detailed.get("status").asString()).isEqualTo("healthy");
    }

    @Test
    void configurationIsShownWhereItIsSwitchedOn() throws Exception {
        JsonNode config = json(get("/config"));

        assertThat(config.propertyNames())
                .containsExactlyElementsOf(
                        Vectors.read("OrchestrationConfigResponse.json").propertyNames());
        assertThat(config.get("metadata").get("environment").asString()).isEqualTo("test");
        assertThat(config.get("deployment_mode").asString()).isEqualTo("Hybrid");
    }

    @Test
    void metricsArePrometheusText() throws Exception {
        HttpResponse<String> answer = get("/metrics");

        assertThat(answer.headers().firstValue("content-type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body())
                .contains("tasker_orchestration_info{version=\"" + TaskerServer.version() + "\"} 1\n")
                .contains("tasker_orchestration_running 1\n")
                .contains("tasker_db_pool_connections{pool=\"tasker\",state=\"idle\"}")
                .contains("tasker_lane_depth{lane=");
        assertThat(answer.body().lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> line.matches("[a-z0-9_]+(\\{.+})? -?\\d+(\\.\\d+)?"));
    }

    private ObjectNode request() {
        ObjectNode request = Vectors.JSON.createObjectNode();
        request.put("namespace", "rest_test")
                .put("name", "pair")
                .put("version", "1.0.0")
                .put("initiator", "test")
                .put("source_system", "test")
                .put("reason", "test");
        request.putObject("context").put("order", orders.incrementAndGet());
        return request;
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return send(posting(body));
    }

    private HttpRequest.Builder posting(String body) {
        return HttpRequest.newBuilder(url("/v1/tasks"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(url(path)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
        if (!answer.request().method().equals("HEAD")) {
            ApiContract.check(answer);
        }
        return answer;
    }

    /** What the server sends back to these bytes, up to the end of the head or of the connection. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), url("/").getPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.UTF_8));
            out.flush();
            InputStream in = socket.getInputStream();
            StringBuilder answer = new StringBuilder();
            for (int next = in.read(); next >= 0; next = in.read()) {
                answer.append((char) next);
                if (answer.length() > 4 && answer.substring(answer.length() - 4).equals("\r\n\r\n")) {
                    break;
                }
            }
            return answer.toString();
        }
    }

    private URI url(String path) {
        return URI.create(server.restUrl().orElseThrow() + path);
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return Vectors.JSON.readTree(answer.body());
    }

    private static String quoted(String text) {
        return Matcher.quoteReplacement(text);
    }
}
