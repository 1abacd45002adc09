package dev.tasker.cli.fault;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A client of one server. */
final class Rest implements AutoCloseable {
    static final Duration ANSWER_MAX = Duration.ofSeconds(40); // more than the server allows itself
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final URI server;

    /** An answer; {@code body} is empty when it was no JSON. */
    record Answer(int status, JsonNode body) {}

    Rest(URI server) {
        this.server = server;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static JsonNode parse(String json) {
        return JSON.readTree(json);
    }

    /** POST /v1/tasks of version 1.0.0. */
    Answer create(String namespace, String name, JsonNode context) throws IOException, InterruptedException {
        ObjectNode body = object().put("namespace", namespace)
                .put("name", name)
                .put("version", "1.0.0")
                .put("initiator", "fault test")
                .put("source_system", "tests")
                .put("reason", "to see it survive");
        body.set("context", context);
        return send(HttpRequest.newBuilder(server.resolve("/v1/tasks"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    /** As {@link #create}, when nothing may go wrong. */
    UUID created(String namespace, String name, JsonNode context) throws IOException, InterruptedException {
        Answer answer = create(namespace, name, context);
        if (answer.status() != 200) {
            throw new AssertionError("task not created: " + answer);
        }
        return taskUuid(answer.body());
    }

    static UUID taskUuid(JsonNode task) {
        return UUID.fromString(task.path("task_uuid").asString());
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(server.resolve(path)));
    }

    Answer task(UUID taskUuid) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(server.resolve("/v1/tasks/" + taskUuid)));
    }

    Answer steps(UUID taskUuid) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(server.resolve("/v1/tasks/" + taskUuid + "/workflow_steps")));
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.timeout(ANSWER_MAX).build(), BodyHandlers.ofString());
        boolean isJson = response.headers()
                .firstValue("Content-Type")
                .map(type -> type.contains("json"))
                .orElse(false);
        return new Answer(response.statusCode(), isJson ? JSON.readTree(response.body()) : object());
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }
}
