package dev.tasker.worker.api;

import dev.tasker.worker.NetworkStepException;
import dev.tasker.worker.TimeoutStepException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Calls one HTTP service from handlers (04 §5.5). Every status is an answer; a call without an answer throws {@link NetworkStepException}
 * ({@code connection_error}) or {@link TimeoutStepException} ({@code timeout}), so that the step is tried again. Blocks the calling
 * thread, and heeds its interruption. Thread-safe; one instance serves all steps.
 */
public final class ApiClient implements AutoCloseable {
    /** How long an answer may take unless told otherwise. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final String CONNECTION_ERROR = "connection_error";
    private static final String EXCEPTION_TYPE = "exception_type";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final String baseUrl;
    private final Duration timeout;
    private final Map<String, String> defaultHeaders;
    private final HttpClient http;
    private final InstantSource clock;

    private ApiClient(
            String baseUrl,
            Duration timeout,
            Map<String, String> defaultHeaders,
            HttpClient http,
            InstantSource clock) {
        this.baseUrl = baseUrl;
        this.timeout = timeout;
        this.defaultHeaders = Map.copyOf(defaultHeaders);
        this.http = http;
        this.clock = clock;
    }

    /** A client of the service at that address, which paths are joined to. */
    public static ApiClient of(String baseUrl) {
        return of(baseUrl, TIMEOUT, Map.of());
    }

    /**
     * As {@link #of(String)}.
     *
     * @param timeout of connecting, and of each answer
     * @param defaultHeaders sent with every request
     */
    public static ApiClient of(String baseUrl, Duration timeout, Map<String, String> defaultHeaders) {
        HttpClient http = HttpClient.newBuilder().connectTimeout(timeout).build();
        return new ApiClient(baseUrl, timeout, defaultHeaders, http, InstantSource.system());
    }

    /** The same service through another {@code HttpClient}, with the caller's certificates, proxy or redirects. */
    public ApiClient through(HttpClient other) {
        return new ApiClient(baseUrl, timeout, defaultHeaders, other, clock);
    }

    ApiClient at(InstantSource otherClock) {
        return new ApiClient(baseUrl, timeout, defaultHeaders, http, otherClock);
    }

    public ApiResponse get(String path) throws InterruptedException {
        return request("GET", path).send();
    }

    public ApiResponse get(String path, Map<String, ?> params) throws InterruptedException {
        return request("GET", path).params(params).send();
    }

    public ApiResponse get(String path, Map<String, ?> params, Map<String, String> headers)
            throws InterruptedException {
        return request("GET", path).params(params).headers(headers).send();
    }

    /**
     * Sends JSON.
     *
     * @param json anything Jackson can write; {@link #request} sends other bodies
     */
    public ApiResponse post(String path, @Nullable Object json) throws InterruptedException {
        return request("POST", path).json(json).send();
    }

    /**
     * Sends JSON.
     *
     * @param json anything Jackson can write; {@link #request} sends other bodies
     */
    public ApiResponse put(String path, @Nullable Object json) throws InterruptedException {
        return request("PUT", path).json(json).send();
    }

    /**
     * Sends JSON.
     *
     * @param json anything Jackson can write; {@link #request} sends other bodies
     */
    public ApiResponse patch(String path, @Nullable Object json) throws InterruptedException {
        return request("PATCH", path).json(json).send();
    }

    public ApiResponse delete(String path) throws InterruptedException {
        return request("DELETE", path).send();
    }

    /** A request of any method, with headers, parameters and a body of one's own. A path with a scheme is an address of its own. */
    public ApiRequest request(String method, String path) {
        return new ApiRequest(this, method, path, defaultHeaders, timeout);
    }

    ApiResponse send(ApiRequest request) throws InterruptedException {
        try {
            return answer(http.send(request.toHttp(baseUrl), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (HttpTimeoutException e) {
            throw new TimeoutStepException(
                            ApiResults.timeoutError(e, request.describe()).message(), e)
                    .with(EXCEPTION_TYPE, e.getClass().getSimpleName());
        } catch (IOException e) {
            throw new NetworkStepException(
                            ApiResults.connectionError(e, request.describe()).message(), e)
                    .typed(CONNECTION_ERROR)
                    .with(EXCEPTION_TYPE, e.getClass().getSimpleName());
        }
    }

    /** Ends connections that nobody uses any more. */
    @Override
    public void close() {
        http.close();
    }

    private ApiResponse answer(HttpResponse<byte[]> response) {
        var headers = new TreeMap<String, String>();
        response.headers()
                .map()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
        String text = new String(response.body(), StandardCharsets.UTF_8);
        String retryAfter = headers.get("retry-after");
        return new ApiResponse(
                response.statusCode(),
                headers,
                text,
                body(text, headers.getOrDefault("content-type", "")),
                retryAfter == null ? null : RetryAfter.parse(retryAfter, clock.instant()));
    }

    private static JsonNode body(String text, String contentType) {
        String type = contentType.toLowerCase(Locale.ROOT);
        if (!text.isEmpty() && (type.contains("application/json") || type.contains("+json"))) {
            try {
                return JSON.readTree(text);
            } catch (JacksonException e) {
                return JsonNodeFactory.instance.stringNode(text); // says JSON and is none: read as text
            }
        }
        return JsonNodeFactory.instance.stringNode(text);
    }
}
