package dev.tasker.worker.api;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One call of {@link ApiClient#request}, being put together. Not thread-safe; sent once. */
public final class ApiRequest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ApiClient client;
    private final String method;
    private final String path;
    private final Map<String, String> headers;
    private final StringBuilder query = new StringBuilder();
    private Duration timeout;
    private @Nullable String body;

    ApiRequest(ApiClient client, String method, String path, Map<String, String> headers, Duration timeout) {
        this.client = client;
        this.method = method;
        this.path = path;
        this.headers = new LinkedHashMap<>();
        this.timeout = timeout;
        headers.forEach(this::header);
    }

    /** Adds a parameter to the query; a name may come again. */
    public ApiRequest param(String name, Object value) {
        query.append(query.isEmpty() ? "" : "&")
                .append(encoded(name))
                .append('=')
                .append(encoded(value.toString()));
        return this;
    }

    public ApiRequest params(Map<String, ?> params) {
        params.forEach(this::param);
        return this;
    }

    /** Sets a header in place of the client's own of that name. */
    public ApiRequest header(String name, String value) {
        headers.keySet().removeIf(name::equalsIgnoreCase);
        headers.put(name, value);
        return this;
    }

    public ApiRequest headers(Map<String, String> values) {
        values.forEach(this::header);
        return this;
    }

    /** Sends this as JSON: anything Jackson can write. */
    public ApiRequest json(@Nullable Object value) {
        return raw(JSON.writeValueAsString(value), "application/json");
    }

    /** Sends this text. */
    public ApiRequest raw(String text, String contentType) {
        body = text;
        return header("Content-Type", contentType);
    }

    /** How long the answer may take, in place of the client's own limit. */
    public ApiRequest timeout(Duration limit) {
        timeout = limit;
        return this;
    }

    /** Calls the service; see {@link ApiClient} for what is thrown. */
    public ApiResponse send() throws InterruptedException {
        return client.send(this);
    }

    HttpRequest toHttp(String baseUrl) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(baseUrl))
                .timeout(timeout)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return request.build();
    }

    /** The call in words. */
    String describe() {
        return method + " " + path;
    }

    private URI uri(String baseUrl) {
        String address = path.contains("://") ? path : joined(baseUrl, path);
        if (!query.isEmpty()) {
            address += (address.contains("?") ? "&" : "?") + query;
        }
        return URI.create(address);
    }

    private static String joined(String baseUrl, String path) {
        if (path.isEmpty()) {
            return baseUrl;
        }
        String base = baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl;
        return path.startsWith("/") || path.startsWith("?") ? base + path : base + "/" + path;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
