package dev.tasker.worker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tasker.worker.BackoffHint;
import dev.tasker.worker.NetworkStepException;
import dev.tasker.worker.StepException;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.TimeoutStepException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls to a service, and what its answers mean for a step (04 §5.5). */
@Timeout(30)
class ApiClientTest {
    private final Map<String, String> answerHeaders = new LinkedHashMap<>();
    private int status = 200;
    private String answer = "{}";
    private String seen = "";
    private @Nullable CountDownLatch hold;
    private @Nullable HttpServer server;
    private @Nullable ApiClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
        answerHeaders.put("Content-Type", "application/json");
        client = ApiClient.of(url(), Duration.ofSeconds(10), Map.of("X-Key", "k"));
    }

    @AfterEach
    void stop() {
        if (hold != null) {
            hold.countDown();
        }
        api().close();
        Objects.requireNonNull(server).stop(0);
    }

    @Test
    void verbsParametersHeadersAndBodiesArriveAsGiven() throws Exception {
        api().get("/a", Map.of("q", "x y&z"));
        assertThat(seen).isEqualTo("GET /a?q=x%20y%26z k null ");
        api().get("b", Map.of(), Map.of("X-Key", "other"));
        assertThat(seen).isEqualTo("GET /b other null ");
        api().post("/c", Map.of("n", 1));
        assertThat(seen).isEqualTo("POST /c k application/json {\"n\":1}");
        api().put("/c", null);
        assertThat(seen).isEqualTo("PUT /c k application/json null");
        api().patch("/c", "t");
        assertThat(seen).isEqualTo("PATCH /c k application/json \"t\"");
        api().delete("/c");
        assertThat(seen).isEqualTo("DELETE /c k null ");
        api().request("POST", "/d?x=1")
                .param("y", 2)
                .raw("a;b", "text/csv")
                .timeout(Duration.ofSeconds(5))
                .send();
        assertThat(seen).isEqualTo("POST /d?x=1&y=2 k text/csv a;b");
        api().through(HttpClient.newHttpClient()).request("GET", url() + "/e").send();
        assertThat(seen).isEqualTo("GET /e k null ");
        api().get("");
        assertThat(seen).isEqualTo("GET / k null ");
    }

    @Test
    void bodyIsParsedWhereTheServiceSaysItIsJson() throws Exception {
        answer = "{\"price\":1.10,\"name\":\"tea\"}";
        ApiResponse json = api().get("/");
        assertThat(json.body().get("price")).hasToString("1.10");
        assertThat(json.body(Article.class)).isEqualTo(new Article("tea"));
        assertThatThrownBy(() -> json.body(Integer.class)).hasMessageContaining("response body");

        answerHeaders.put("Content-Type", "text/plain");
        assertThat(api().get("/").body().stringValue()).isEqualTo(answer);

        answerHeaders.put("Content-Type", "application/problem+json");
        assertThat(api().get("/").body().isObject()).isTrue();

        answer = "{broken";
        assertThat(api().get("/").body().stringValue()).isEqualTo("{broken");
    }

    record Article(String name) {}

    @Test
    void successIsTheBodyWithStatusAndHeadersBesideIt() throws Exception {
        answer = "{\"id\":7}";
        answerHeaders.put("Set-Cookie", "secret");
        ApiResponse response = api().get("/").orThrow();

        StepResult.Success success = (StepResult.Success) response.toResult();
        assertThat(String.valueOf(success.value())).isEqualTo("{\"id\":7}");
        assertThat(success.metadata().get("status_code")).isEqualTo(200);
        assertThat(success.metadata().toString())
                .contains("content-type=application/json")
                .doesNotContain("secret");
        assertThat(ApiResults.success(response, "own").value()).isEqualTo("own");

        answer = "[1]";
        assertThat(ApiResults.success(api().get("/")).value()).hasToString("{data=[1]}");
    }

    @ParameterizedTest
    @CsvSource({
        "400, bad_request, false, permanent_error",
        "401, unauthorized, false, permanent_error",
        "403, forbidden, false, permanent_error",
        "404, not_found, false, permanent_error",
        "405, method_not_allowed, false, permanent_error",
        "408, request_timeout, true, transient_error",
        "409, conflict, false, permanent_error",
        "410, gone, false, permanent_error",
        "418, client_error, false, permanent_error",
        "422, unprocessable_entity, false, permanent_error",
        "429, rate_limited, true, rate_limited",
        "500, internal_server_error, true, transient_error",
        "502, bad_gateway, true, transient_error",
        "503, service_unavailable, true, transient_error",
        "504, gateway_timeout, true, transient_error",
        "507, server_error, true, transient_error",
        "302, http_error, false, permanent_error",
        "700, http_error, false, network_error"
    })
    void statusSaysHowTheStepFails(int code, String type, boolean retryable, String classification) throws Exception {
        status = code;
        answer = "{\"error\":{\"message\":\"no tea\"}}";
        ApiResponse response = api().get("/");
        StepResult.Failure failure = (StepResult.Failure) response.toResult();

        assertThat(failure.type()).isEqualTo(type);
        assertThat(failure.code()).isEqualTo("HTTP_" + code);
        assertThat(failure.retryable()).isEqualTo(retryable);
        assertThat(failure.message()).isEqualTo("HTTP " + code + ": no tea");
        assertThat(failure.context().get("http_status")).isEqualTo(code);
        assertThat(failure.context().get("classification")).isEqualTo(classification);
        assertThat(failure.metadata().get("response_body")).hasToString(answer);
        assertThat(failure.backoffHint()).isNull();
        assertThat(response.isRetryable()).isEqualTo(retryable);
        assertThat(response.isClientError()).isEqualTo(code / 100 == 4);
        assertThat(response.isServerError()).isEqualTo(code / 100 == 5);
        assertThatThrownBy(response::orThrow)
                .isInstanceOfSatisfying(
                        StepException.class,
                        thrown -> assertThat(thrown.toFailure()).isEqualTo(failure));
    }

    @Test
    void serviceMayAskForAPause() throws Exception {
        answerHeaders.put("Retry-After", "7");
        assertThat(failure(429).backoffHint())
                .isEqualTo(new BackoffHint(BackoffHint.Kind.RATE_LIMIT, Duration.ofSeconds(7)));
        assertThat(failure(503).backoffHint())
                .isEqualTo(new BackoffHint(BackoffHint.Kind.SERVICE_UNAVAILABLE, Duration.ofSeconds(7)));
        assertThat(failure(500).backoffHint())
                .isEqualTo(new BackoffHint(BackoffHint.Kind.SERVER_REQUESTED, Duration.ofSeconds(7)));
        assertThat(failure(429).headers()).isEqualTo(Map.of("Retry-After", "7"));
        assertThat(failure(429).metadata().get("retry_after_seconds")).isEqualTo(7L);
        assertThat(failure(404).backoffHint()).isNull();

        answerHeaders.put("Retry-After", "soon");
        assertThat(Objects.requireNonNull(failure(429).backoffHint()).delay()).isEqualTo(Duration.ofSeconds(60));

        answerHeaders.put("Retry-After", "Sat, 21 Nov 2026 12:00:30 GMT");
        client = api().at(InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z")));
        assertThat(Objects.requireNonNull(failure(429).backoffHint()).delay()).isEqualTo(Duration.ofSeconds(30));
        client = api().at(InstantSource.fixed(Instant.parse("2026-11-21T12:01:00Z")));
        assertThat(Objects.requireNonNull(failure(429).backoffHint()).delay()).isZero();
    }

    private StepResult.Failure failure(int code) throws InterruptedException {
        status = code;
        return ApiResults.failure(api().get("/"));
    }

    @Test
    void longBodiesAreCutBetweenCharacters() throws Exception {
        answerHeaders.put("Content-Type", "text/plain");
        answer = "x" + "ä".repeat(10_000);

        String stored = String.valueOf(failure(500).metadata().get("response_body"));

        assertThat(stored)
                .hasSize(1 + (ApiResults.BODY_BYTES_MAX - 1) / 2)
                .startsWith("xä")
                .endsWith("ä");
        assertThat(failure(500).message()).isEqualTo("HTTP 500: Internal Server Error");
    }

    @Test
    void callThatReachesNobodyIsAConnectionError() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (ApiClient nobody = ApiClient.of("http://127.0.0.1:" + port)) {
            assertThatThrownBy(() -> nobody.get("/x")).isInstanceOfSatisfying(NetworkStepException.class, thrown -> {
                assertThat(thrown.toFailure().type()).isEqualTo("connection_error");
                assertThat(thrown.retryable()).isTrue();
                assertThat(thrown.getMessage()).startsWith("Connection error while GET /x: ");
                assertThat(thrown.toFailure().context().get("exception_type")).isEqualTo("ConnectException");
            });
        }
    }

    @Test
    void answerThatComesTooLateIsATimeout() {
        hold = new CountDownLatch(1);

        assertThatThrownBy(() -> api().request("GET", "/slow")
                        .timeout(Duration.ofMillis(50))
                        .send())
                .isInstanceOfSatisfying(TimeoutStepException.class, thrown -> {
                    assertThat(thrown.toFailure().type()).isEqualTo("timeout");
                    assertThat(thrown.retryable()).isTrue();
                    assertThat(thrown.getMessage()).startsWith("Request timeout while GET /slow: ");
                });
    }

    @Test
    void failuresWithoutAnAnswerCanBeMadeByHand() {
        assertThat(ApiResults.connectionError(new IOException("broken"), null).message())
                .isEqualTo("Connection error: broken");
        assertThat(ApiResults.timeoutError(new IOException(), "asking").message())
                .isEqualTo("Request timeout while asking: IOException");
        assertThat(ApiResults.timeoutError(new IOException(), null).metadata().get("exception_type"))
                .isEqualTo("IOException");
    }

    private ApiClient api() {
        return Objects.requireNonNull(client);
    }

    private String url() {
        return "http://127.0.0.1:" + Objects.requireNonNull(server).getAddress().getPort();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            seen = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("X-Key") + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            CountDownLatch held = hold;
            if (held != null && !held.await(10, TimeUnit.SECONDS)) {
                throw new IOException("the test forgot this request");
            }
            answerHeaders.forEach(exchange.getResponseHeaders()::add);
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
