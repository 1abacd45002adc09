package dev.tasker.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The few REST calls that the demonstration makes, as any client would. */
final class TaskClient {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final URI server;

    TaskClient(URI server) {
        this.server = server;
    }

    /** Creates a task and returns its URL. */
    URI submit(String namespace, String name, String version, String contextJson) throws InterruptedException {
        ObjectNode body = JSON.createObjectNode()
                .put("namespace", namespace)
                .put("name", name)
                .put("version", version)
                .put("initiator", "tasker demo")
                .put("source_system", "tasker-cli")
                .put("reason", "Demonstration");
        body.set("context", JSON.readTree(contextJson));
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/tasks"))
                .header("Content-Type", "application/json")
                .timeout(TIMEOUT)
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        return server.resolve("/v1/tasks/" + send(request).path("task_uuid").asString());
    }

    /** TaskResponse. */
    JsonNode task(URI task) throws InterruptedException {
        return get(task);
    }

    /** StepResponse[]. */
    JsonNode steps(URI task) throws InterruptedException {
        return get(URI.create(task + "/workflow_steps"));
    }

    private JsonNode get(URI url) throws InterruptedException {
        return send(HttpRequest.newBuilder(url).timeout(TIMEOUT).build());
    }

    private JsonNode send(HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new CommandException("The server answered " + response.statusCode() + " to " + request.method()
                        + " " + request.uri() + ": " + response.body());
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new CommandException("The server does not answer " + request.uri() + ": " + e + ".", e);
        }
    }
}
