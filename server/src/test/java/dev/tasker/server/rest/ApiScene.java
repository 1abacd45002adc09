package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.TaskState;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A real server with templates of two steps in a row, and hands to work them. */
final class ApiScene implements AutoCloseable {
    private static final String NAMESPACE = "api_test";
    private final AtomicInteger numbers = new AtomicInteger();
    private final TaskerServer server;
    private final TestClient client;

    private ApiScene(TaskerServer server) {
        this.server = server;
        this.client = new TestClient(server);
    }

    static ApiScene start(Path folder) {
        return new ApiScene(TaskerServer.start(ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0))));
    }

    TaskerServer server() {
        return server;
    }

    TestClient client() {
        return client;
    }

    int number() {
        return numbers.incrementAndGet();
    }

    static String template(String name) {
        return """
            name: %s
            namespace_name: api_test
            version: 1.0.0
            description: Two steps in a row
            steps:
              - name: first
                description: begins
                handler: {callable: api.%s.first}
                retry: {max_attempts: 2, backoff: none}
                result_schema: {type: object}
              - name: second
                dependencies: [first]
                handler: {callable: api.%s.second}
            """.formatted(name, name, name);
    }

    @Override
    public void close() {
        server.close();
    }

    /** Fails the first step as often as it may be tried. */
    static void exhaust(HandDrivenWorker worker) {
        worker.report(worker.next("first"), Results.retryable());
        worker.report(worker.next("first"), Results.retryable());
    }

    HandDrivenWorker worker(String template) {
        return HandDrivenWorker.open(
                        server.engine(),
                        new SessionRequest(
                                "hand",
                                List.of(
                                        new HandlerKey(NAMESPACE, "api." + template + ".first"),
                                        new HandlerKey(NAMESPACE, "api." + template + ".second")),
                                true))
                .grant(4);
    }

    /** A template of its own, so that no other test's tasks are in the way. */
    String register() {
        String name = "pair" + numbers.incrementAndGet();
        server.register(name + ".yaml", template(name));
        return name;
    }

    String create(String template) throws Exception {
        return created(request(template));
    }

    String created(ObjectNode request) throws Exception {
        HttpResponse<String> answer = client.send("POST", "/v1/tasks", request.toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode task = TestClient.json(answer);
        assertThat(task.get("status").asString()).isEqualTo(TaskState.STEPS_IN_PROCESS.text());
        return task.get("task_uuid").asString();
    }

    ObjectNode request(String template) {
        ObjectNode request = Vectors.JSON.createObjectNode();
        request.put("namespace", NAMESPACE)
                .put("name", template)
                .put("version", "1.0.0")
                .put("initiator", "test")
                .put("source_system", "test")
                .put("reason", "test");
        request.putObject("context").put("number", numbers.incrementAndGet());
        return request;
    }

    HttpResponse<String> act(String task, int step, String body) throws Exception {
        return client.send("PATCH", "/v1/tasks/" + task + "/workflow_steps/" + step(task, step), body);
    }

    HttpResponse<String> patch(String entry, String body) throws Exception {
        return client.send("PATCH", "/v1/dlq/entry/" + entry, body);
    }

    String step(String task, int index) throws Exception {
        return client.read("/v1/tasks/" + task + "/workflow_steps")
                .get(index)
                .get("step_uuid")
                .asString();
    }

    List<String> entries(String query) throws IOException, InterruptedException {
        return client.read("/v1/dlq" + query)
                .valueStream()
                .map(entry -> entry.get("dlq_entry_uuid").asString())
                .toList();
    }

    List<String> listed(String template, String query) throws IOException, InterruptedException {
        return uuids(client.read("/v1/tasks?name=" + template + "&" + query));
    }

    static List<String> uuids(JsonNode page) {
        return page.get("tasks")
                .valueStream()
                .map(task -> task.get("task_uuid").asString())
                .toList();
    }
}
