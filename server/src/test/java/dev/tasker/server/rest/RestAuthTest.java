package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.security.Permission;
import dev.tasker.server.security.TestAuth;
import dev.tasker.server.security.TestKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, as a client sees it; a server with authentication on. */
@TestInstance(Lifecycle.PER_CLASS)
class RestAuthTest {
    private static final String TEMPLATE = """
        name: solo
        namespace_name: auth_test
        version: 1.0.0
        steps:
          - name: only
            handler: {callable: auth.only}
        """;
    private static final String TASK = """
        {"namespace":"auth_test","name":"solo","version":"1.0.0","context":{"a":1},"initiator":"i",
         "source_system":"s","reason":"r"}
        """;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private TaskerServer server;

    @BeforeAll
    void start(@TempDir Path folder) {
        server = TaskerServer.start(ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0))
                .withAuth(TestAuth.config(
                        TestAuth.key("good-key", "tasks:*", "steps:read"), TestAuth.key("odd-key", "tasks:fly"))));
        server.register("solo.yaml", TEMPLATE);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** Every route there is, and what it takes. */
    @ParameterizedTest
    @CsvSource({
        "POST, /v1/tasks, tasks:create",
        "GET, /v1/tasks/not-a-uuid, tasks:read",
        "GET, /v1/tasks?page=0, tasks:list",
        "HEAD, /v1/tasks/not-a-uuid, tasks:read",
        "GET, /v1/tasks/not-a-uuid/workflow_steps, steps:read",
        "GET, /v1/templates, templates:read",
        "POST, /v1/workers/sessions, worker:connect",
        "DELETE, /v1/workers/sessions/not-a-uuid, worker:connect",
        "POST, /v1/workers/sessions/not-a-uuid/poll, worker:connect",
        "POST, /v1/workers/sessions/not-a-uuid/heartbeat, worker:connect",
        "POST, /v1/workers/sessions/not-a-uuid/drain, worker:connect",
        "POST, /v1/workers/sessions/not-a-uuid/assignments/a/complete, worker:connect",
        "POST, /v1/workers/sessions/not-a-uuid/assignments/a/checkpoint, worker:connect",
        "POST, /v1/workers/sessions/not-a-uuid/assignments/a/reject, worker:connect"
    })
    void routeTakesItsPermissionAndNoOther(String method, String path, String text) throws Exception {
        Permission permission = Permission.grantedBy(text).iterator().next();
        String body = method.equals("POST") ? "not json" : "";

        HttpResponse<String> nobody = send(method, path, body, Map.of());
        assertThat(nobody.statusCode()).isEqualTo(401);
        HttpResponse<String> others = send(method, path, body, bearer(TestAuth.allBut(permission)));
        assertThat(others.statusCode()).isEqualTo(403);
        if (!method.equals("HEAD")) {
            assertThat(TestClient.withoutRequestId(others))
                    .isEqualTo("{\"error\":{\"code\":\"AUTHORIZATION_FAILED\",\"message\":"
                            + "\"Missing required permission: " + text + "\"}}");
        }
        assertThat(header(others, "x-auth-failure-reason")).isEqualTo("forbidden");
        assertThat(header(others, "x-auth-failure-severity")).isEqualTo("medium");
        assertThat(header(others, "retry-after")).isEqualTo("5");
        assertThat(header(others, "www-authenticate")).isEmpty();
        assertThat(send(method, path, body, bearer(text)).statusCode())
                .as("let in, and only now read further")
                .isIn(200, 400, 415);
        assertThat(send(method, path, body, bearer(permission.wildcard())).statusCode())
                .isIn(200, 400, 415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/health/live", "/health/ready", "/metrics"})
    void probesAreOpenWhateverIsPresented(String path) throws Exception {
        assertThat(send("GET", path, "", Map.of()).statusCode()).isEqualTo(200);
        assertThat(send("GET", path, "", Map.of("Authorization", "Bearer rubbish"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void preflightIsOpen() throws IOException {
        assertThat(raw("OPTIONS /v1/tasks", "Origin: http://a", "Access-Control-Request-Method: POST"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void nothingPresentedIsAskedFor() throws Exception {
        HttpResponse<String> answer = send("GET", "/v1/templates", "", Map.of());

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(TestClient.withoutRequestId(answer))
                .isEqualTo("{\"error\":{\"code\":\"AUTHENTICATION_FAILED\",\"message\":"
                        + "\"Missing authentication credentials\"}}");
        assertThat(header(answer, "x-auth-failure-reason")).isEqualTo("missing");
        assertThat(header(answer, "x-auth-failure-severity")).isEqualTo("low");
        assertThat(header(answer, "www-authenticate")).isEqualTo("Bearer realm=\"tasker\"");
        assertThat(header(answer, "retry-after")).isEmpty();
        assertThat(header(answer, "x-request-id")).isNotEmpty();
    }

    @Test
    void wrongTokenAndWrongKeyAreRefused() throws Exception {
        Map<String, Object> expired = TestKeys.claims("tasks:*");
        expired.put("exp", 1_000_000_000);
        Map<String, Object> foreign = TestKeys.claims("tasks:*");
        foreign.put("aud", "worker-api");
        for (String token : new String[] {
            "rubbish",
            TestKeys.token(expired),
            TestKeys.token(foreign),
            TestKeys.token(TestKeys.claims("tasks:fly")),
            TestKeys.token("RS256", TestKeys.OTHER_RSA.getPrivate(), null, TestKeys.claims("tasks:*"))
        }) {
            invalid(Map.of("Authorization", "Bearer " + token), "Invalid or expired token");
            invalid(Map.of("Authorization", "Bearer " + token, "X-API-Key", "good-key"), "Invalid or expired token");
        }
        invalid(Map.of("X-API-Key", "bad-key"), "Invalid API key");
        invalid(Map.of("X-API-Key", "odd-key"), "Invalid API key");
    }

    private void invalid(Map<String, String> headers, String message) throws Exception {
        HttpResponse<String> answer = send("GET", "/v1/tasks/x", "", headers);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(TestClient.withoutRequestId(answer))
                .isEqualTo("{\"error\":{\"code\":\"AUTHENTICATION_FAILED\",\"message\":\"" + message + "\"}}");
        assertThat(header(answer, "x-auth-failure-reason")).isEqualTo("invalid");
        assertThat(header(answer, "x-auth-failure-severity")).isEqualTo("high");
        assertThat(header(answer, "retry-after")).isEqualTo("60");
        assertThat(header(answer, "www-authenticate")).isEqualTo("Bearer realm=\"tasker\"");
    }

    @Test
    void keysLetInToo() throws Exception {
        assertThat(send("GET", "/v1/tasks/x", "", Map.of("x-api-key", "good-key"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(send("GET", "/v1/tasks/x", "", Map.of("X-API-Key", "good-key", "Authorization", "Basic abc"))
                        .statusCode())
                .as("other schemes are passed over")
                .isEqualTo(400);
        assertThat(send("GET", "/v1/tasks/x", "", Map.of("Authorization", "bEARER " + token("tasks:read")))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void headersThatAreNoTextAreMalformed() throws IOException {
        String authorization = raw("GET /v1/templates", "Authorization: Bearer \u00fc\u00ff", "X-API-Key: good-key");
        assertThat(authorization)
                .startsWith("HTTP/1.1 401")
                .containsIgnoringCase("x-auth-failure-reason: malformed\r\n")
                .containsIgnoringCase("x-auth-failure-severity: high\r\n")
                .containsIgnoringCase("retry-after: 60\r\n")
                .contains("\"message\":\"Malformed Authorization header\"");
        assertThat(raw("GET /v1/templates", "X-API-Key: \u00e4"))
                .startsWith("HTTP/1.1 401")
                .contains("\"message\":\"Malformed API key header\"");
    }

    @Test
    void unknownPathsAndMethodsNeedNoCredential() throws Exception {
        assertThat(send("GET", "/v1/nothing", "", Map.of()).statusCode()).isEqualTo(404);
        assertThat(send("DELETE", "/v1/templates", "", Map.of()).statusCode()).isEqualTo(405);
    }

    @Test
    void duplicateIsNamedOnlyToThoseWhoMayReadTasks() throws Exception {
        HttpResponse<String> created = send("POST", "/v1/tasks", TASK, bearer("tasks:create"));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);

        HttpResponse<String> submitter = send("POST", "/v1/tasks", TASK, bearer("tasks:create"));
        HttpResponse<String> reader = send("POST", "/v1/tasks", TASK, bearer("tasks:create", "tasks:read"));

        assertThat(submitter.statusCode()).isEqualTo(409);
        assertThat(submitter.body()).contains("identity").doesNotContain("task_uuid");
        assertThat(reader.statusCode()).isEqualTo(409);
        assertThat(reader.body()).contains("\"details\":{\"task_uuid\":\"");
    }

    private static String token(String... permissions) {
        return TestKeys.token(TestKeys.claims(permissions));
    }

    private static Map<String, String> bearer(String... permissions) {
        return Map.of("Authorization", "Bearer " + token(permissions));
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private HttpResponse<String> send(String method, String path, String body, Map<String, String> headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        server.restUrl().orElseThrow().resolve(path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
        if (!method.equals("HEAD")) {
            ApiContract.check(answer);
        }
        return answer;
    }

    /** Anything but nothing while a body is announced, so that an empty one ends the answer. */
    private static int bodyToCome(CharSequence answer) {
        return answer.toString().toLowerCase(Locale.ROOT).contains("content-length: 0\r\n") ? 0 : 1 << 20;
    }

    /** A request byte by byte, in Latin-1, and its answer. */
    private String raw(String line, String... headers) throws IOException {
        String request =
                line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
        int port = server.restUrl().orElseThrow().getPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            socket.setSoTimeout(10_000);
            InputStream in = socket.getInputStream();
            StringBuilder answer = new StringBuilder();
            while (answer.indexOf("}}") < 0 && answer.indexOf("\r\n\r\n") + 4 != answer.length() + bodyToCome(answer)) {
                answer.append((char) in.read());
            }
            return answer.toString();
        }
    }
}
