package dev.tasker.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A client that knows nothing but REST. Thread-safe. */
final class TaskApi implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final Duration TASK_MAX = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final Set<String> RESTING =
            Set.of("complete", "error", "cancelled", "resolved_manually", "blocked_by_failures");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI server;

    TaskApi(URI server) {
        this.server = server;
    }

    /** Sends a create request of the shape of 09 §2.6. */
    HttpResponse<String> post(String namespace, String name, JsonNode context)
            throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode()
                .put("namespace", namespace)
                .put("name", name)
                .put("version", "1.0.0")
                .put("initiator", "integration-test")
                .put("source_system", "test")
                .put("reason", "conformance of " + name)
                .put("priority", 5)
                .put("requested_at", "2026-03-14T09:26:53.589793")
                .put("correlation_id", UUID.randomUUID().toString())
                .putNull("parent_correlation_id")
                .putNull("idempotency_key");
        body.set("context", context);
        body.putArray("tags").add("conformance").add(name);
        return http.send(
                HttpRequest.newBuilder(server.resolve("/v1/tasks"))
                        .header("Content-Type", "application/json")
                        .timeout(ANSWER_MAX)
                        .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Creates a task with a context of its own; returns the answer, a TaskResponse. */
    JsonNode create(String namespace, String name, String context) throws IOException, InterruptedException {
        ObjectNode unique = ((ObjectNode) JSON.readTree(context))
                .put("_test_run_id", UUID.randomUUID().toString());
        HttpResponse<String> answer = post(namespace, name, unique);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    /** TaskResponse. */
    JsonNode task(String uuid) throws IOException, InterruptedException {
        return get("/v1/tasks/" + uuid);
    }

    /** StepResponse[]. */
    JsonNode steps(String uuid) throws IOException, InterruptedException {
        return get("/v1/tasks/" + uuid + "/workflow_steps");
    }

    /** Reads a task until it rests; every answer on the way must agree with itself. */
    JsonNode resting(String uuid) {
        return await("task " + uuid + " to rest")
                .atMost(TASK_MAX)
                .pollInterval(LOOK)
                .until(
                        () -> consistent(task(uuid)),
                        task -> RESTING.contains(task.get("status").asString()));
    }

    /** No answer may show one half of an outcome without the other (09 §2.7, K10). */
    private static JsonNode consistent(JsonNode task) {
        String status = task.get("status").asString();
        String execution = task.get("execution_status").asString();
        assertThat(execution.equals("all_complete"))
                .as("complete and all_complete together: %s", task)
                .isEqualTo(status.equals("complete"));
        assertThat(execution.equals("blocked_by_failures"))
                .as("blocked in status and execution_status together: %s", task)
                .isEqualTo(status.equals("blocked_by_failures"));
        boolean failed = task.get("steps")
                .valueStream()
                .anyMatch(step -> step.get("current_state").asString().equals("error"));
        assertThat(failed)
                .as("a step in error and a blocked task together: %s", task)
                .isEqualTo(execution.equals("blocked_by_failures"));
        return task;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(server.resolve(path)).timeout(ANSWER_MAX).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    @Override
    public void close() {
        http.close();
    }
}
