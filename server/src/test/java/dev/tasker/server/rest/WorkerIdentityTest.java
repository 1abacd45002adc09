package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.TaskRequest;
import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.gateway.CallLimits;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.HandClock;
import dev.tasker.server.security.TestAuth;
import dev.tasker.server.security.TestKeys;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What becomes of sessions over HTTP whose credential stops counting, or whose identity asks too much. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(60)
class WorkerIdentityTest {
    private static final Duration GOOD_FOR = Duration.ofMinutes(10);
    private static final String REGISTER = """
        {"worker_name":"curl","namespaces":["shop"],"handlers":[{"callable":"pay"}]}
        """;
    private static final String TEMPLATE = """
        name: solo
        namespace_name: shop
        version: 1.0.0
        steps:
          - name: only
            handler: {callable: pay}
        """;

    private final HandClock clock = new HandClock();
    private final Instant ends = clock.instant().plus(Duration.ofDays(1)); // of the key, and of a token as good
    private final HttpClient http = HttpClient.newHttpClient();
    private OpenRoutes open;

    @BeforeAll
    void start(@TempDir Path folder) {
        AuthConfig auth = TestAuth.config(
                        TestAuth.key("greedy", "worker:connect"),
                        new ApiKeyConfig.Key(
                                ApiKeyConfig.sha256("ending"),
                                false,
                                List.of("worker:connect"),
                                List.of("shop"),
                                "ending",
                                ends))
                .withWorkerCallsPerSecond(20);
        open = OpenRoutes.start(folder, Authenticator.open(auth, clock), CallLimits.of(auth), clock);
        open.server().register("solo.yaml", TEMPLATE);
    }

    @AfterAll
    void stop() {
        http.close();
        open.close();
    }

    private HttpRequest.Builder request(String credential, String path) {
        boolean isToken = credential.startsWith("Bearer ");
        return HttpRequest.newBuilder(URI.create(open.url() + path))
                .header(isToken ? "Authorization" : "X-API-Key", credential)
                .header("Content-Type", "application/json");
    }

    private HttpResponse<String> post(String credential, String path, String body) throws Exception {
        return http.send(
                request(credential, "/v1/workers/sessions" + path)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private String open(String credential) throws Exception {
        HttpResponse<String> opened = post(credential, "", REGISTER);
        assertThat(opened.statusCode()).as(opened.body()).isEqualTo(201);
        return "/" + TestClient.json(opened).get("session_id").asString();
    }

    private JsonNode fetch(String credential, String session) throws Exception {
        HttpResponse<String> polled = post(credential, session + "/poll", "{\"max\":1,\"wait_ms\":20000}");
        assertThat(polled.statusCode()).as(polled.body()).isEqualTo(200);
        return TestClient.json(polled).get("assignments").get(0);
    }

    private HttpResponse<String> complete(String credential, String session, JsonNode assignment, String result)
            throws Exception {
        return post(
                credential,
                session + "/assignments/" + assignment.get("assignment_id").asString() + "/complete",
                "{\"lease_token\":" + assignment.get("lease_token").asLong() + ",\"result\":" + result + "}");
    }

    private void create() {
        open.server()
                .engine()
                .create(TaskRequest.of("shop", "solo", "1.0.0", "{\"at\":\"" + System.nanoTime() + "\"}"))
                .join();
    }

    private static String token(Instant end, String... permissions) {
        Map<String, Object> claims = TestKeys.claims(permissions);
        claims.put("worker_namespaces", List.of("shop"));
        claims.put("exp", end.getEpochSecond());
        return "Bearer " + TestKeys.token(claims);
    }

    @Test
    void sessionGoesOnForAMinuteAfterItsCredentialAndFurtherWithTheNext() throws Exception {
        String token = token(ends, "worker:connect");
        String ofToken = open(token);
        String ofKey = open("ending");
        create();
        JsonNode held = fetch(token, ofToken);

        clock.advance(Duration.between(clock.instant(), ends.plusSeconds(59)));
        assertThat(post("ending", ofKey + "/poll", "{\"max\":1,\"wait_ms\":0}").statusCode())
                .isEqualTo(200);
        assertThat(post(token, ofToken + "/heartbeat", "{}").statusCode()).isEqualTo(200);
        assertThat(post("ending", "", REGISTER).statusCode()).as("a new one").isEqualTo(401);
        CompletableFuture<HttpResponse<String>> waiting = http.sendAsync(
                request("ending", "/v1/workers/sessions" + ofKey + "/poll")
                        .POST(BodyPublishers.ofString("{\"max\":1,\"wait_ms\":25000}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(waiting.get(10, TimeUnit.SECONDS).statusCode())
                .as("a poll does not outlast its credential")
                .isEqualTo(200);

        clock.advance(Duration.ofSeconds(2));
        for (String call : List.of("/poll", "/heartbeat", "/drain")) {
            assertThat(post("ending", ofKey + call, "{}").statusCode()).isEqualTo(401);
            assertThat(post(token, ofToken + call, "{}").statusCode()).isEqualTo(401);
        }
        assertThat(complete(token, ofToken, held, "{\"success\":true}").statusCode())
                .isEqualTo(401);
        assertThat(complete(
                                token(clock.instant().plus(GOOD_FOR), "worker:connect"),
                                ofToken,
                                held,
                                "{\"success\":true}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void eventsOfATaskAreToldForAMinuteAfterTheCredential() throws Exception {
        var task = open.server()
                .engine()
                .create(TaskRequest.of("shop", "solo", "1.0.0", "{\"at\":\"followed\"}"))
                .join()
                .taskUuid();
        HttpResponse<Stream<String>> followed = http.send(
                request(token(clock.instant().plus(GOOD_FOR), "tasks:read"), "/v1/tasks/" + task + "/events")
                        .build(),
                BodyHandlers.ofLines());
        assertThat(followed.statusCode()).isEqualTo(200);

        clock.advance(GOOD_FOR.plusSeconds(61));

        assertThat(followed.body()).contains("event: task").doesNotContain("event: end");
    }

    @Test
    void identityThatAsksTooMuchIsToldWhenToComeBackAndItsResultsAreTaken() throws Exception {
        create();
        String session = open("greedy");
        JsonNode held = fetch("greedy", session); // which brings something, and counts for nothing
        HttpResponse<String> refused = post("greedy", session + "/poll", "{\"max\":0}");
        for (int i = 0; refused.statusCode() == 200 && i < 1_000; i++) {
            refused = post("greedy", session + "/poll", "{\"max\":0}");
        }

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(TestClient.json(refused).get("error").get("code").asString()).isEqualTo("RATE_LIMIT_EXCEEDED");
        HttpResponse<String> another = post("greedy", "", REGISTER);
        assertThat(another.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(another.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(4, 5);
        HttpResponse<String> stray = post("greedy", "/" + UUID.randomUUID() + "/poll", "{}");
        for (int i = 0; stray.statusCode() == 410 && i < 1_000; i++) {
            stray = post("greedy", "/" + UUID.randomUUID() + "/poll", "{}");
        }
        assertThat(stray.statusCode()).as("who asks for sessions there are not").isEqualTo(429);
        assertThat(post("greedy", session + "/poll", "{").statusCode())
                .as("nonsense, which is told from what makes sense only while there is enough")
                .isEqualTo(429);
        assertThat(complete("greedy", session, held, "{\"success\":true}").statusCode())
                .isEqualTo(200);
        assertThat(http.send(
                                HttpRequest.newBuilder(URI.create(open.url() + "/metrics"))
                                        .build(),
                                BodyHandlers.ofString())
                        .body())
                .containsPattern("tasker_worker_calls_refused_total\\{call=\"open\",[^}]*} [1-9]")
                .containsPattern("tasker_worker_calls_refused_total\\{call=\"poll\",[^}]*} [1-9]");
    }
}
