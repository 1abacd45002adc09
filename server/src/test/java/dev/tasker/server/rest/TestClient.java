package dev.tasker.server.rest;

import dev.tasker.server.TaskerServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Calls a server under test; every answer is held against the OpenAPI document. */
public final class TestClient {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;

    TestClient(TaskerServer server) {
        this(server.restUrl().orElseThrow());
    }

    TestClient(URI base) {
        this.base = base;
    }

    /** A call whose body is read as it comes. */
    public <T> HttpResponse<T> open(HttpRequest request, HttpResponse.BodyHandler<T> body)
            throws IOException, InterruptedException {
        return http.send(request, body);
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /** A GET that must be answered with 200 and JSON. */
    public JsonNode read(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(path);
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body() + " (expected: 200)");
        }
        return json(answer);
    }

    public HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return send(request(path).DELETE());
    }

    public HttpResponse<String> send(String method, String path, String json) throws IOException, InterruptedException {
        return send(method, path, json, Map.of());
    }

    public HttpResponse<String> send(String method, String path, String json, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).method(method, BodyPublishers.ofString(json));
        request.setHeader("Content-Type", "application/json");
        headers.forEach(request::setHeader);
        return send(request);
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
        ApiContract.check(answer);
        return answer;
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url(path));
    }

    public URI url(String path) {
        return URI.create(base + path);
    }

    public static JsonNode json(HttpResponse<String> answer) {
        return Vectors.JSON.readTree(answer.body());
    }

    /** The body of a refusal without the request's id, which must be that of the header. */
    public static String withoutRequestId(HttpResponse<String> refusal) {
        String id = refusal.headers().firstValue("x-request-id").orElseThrow();
        String member = ",\"request_id\":\"" + id + "\"";
        if (!refusal.body().contains(member)) {
            throw new AssertionError(refusal.body() + " (expected: " + member + ")");
        }
        return refusal.body().replace(member, "");
    }
}
