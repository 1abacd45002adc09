package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.testkit.HandDrivenWorker;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Many tasks at once, and a task as a whole. */
@TestInstance(Lifecycle.PER_CLASS)
class BulkRoutesTest {
    private ApiScene scene;
    private TestClient client;

    @BeforeAll
    void start(@TempDir Path folder) {
        scene = ApiScene.start(folder);
        client = scene.client();
    }

    @AfterAll
    void stop() {
        scene.close();
    }

    @Test
    void namedTasksAreCancelledEachByItself() throws Exception {
        String template = scene.register();
        String one = scene.create(template);
        String two = scene.create(template);
        String ended = scene.create(template);
        client.delete("/v1/tasks/" + ended);
        String unknown = UUID.randomUUID().toString();
        String body = "{\"task_uuids\":[\"%s\",\"%s\",\"%s\",\"%s\"],\"reason\":\"cleared\"%s}";

        JsonNode dry = bulk("cancel", body.formatted(one, two, ended, unknown, ",\"dry_run\":true"));
        assertThat(status(one)).isEqualTo("steps_in_process");
        JsonNode done = bulk("cancel", body.formatted(one, two, ended, unknown, ""));

        assertThat(dry.get("dry_run").asBoolean()).isTrue();
        assertThat(texts(dry.get("successful"))).contains(one, two);
        assertThat(texts(done.get("successful"))).containsExactly(one, two);
        assertThat(done.get("failed").get(ended).asString()).isEqualTo("Cannot cancel a completed task");
        assertThat(done.get("failed").get(unknown).asString()).isEqualTo("Resource not found");
        assertThat(status(two)).isEqualTo("cancelled");
        assertThat(client.read("/v1/tasks/" + one + "/timeline").toString()).contains("\"reason\":\"cleared\"");
    }

    @Test
    void filterOfWordsAndValuesFindsThoseTasksOnly() throws Exception {
        String template = scene.register();
        ObjectNode request = scene.request(template).put("reason", "Late order");
        request.putObject("context").put("id", 17);
        String late = scene.created(request);
        String other = scene.create(template);
        String body = "{\"filter\":{\"name\":\"" + template + "\",%s},\"dry_run\":true}";

        assertThat(texts(bulk("cancel", body.formatted("\"q\":\"late\"")).get("successful")))
                .containsExactly(late);
        assertThat(texts(bulk("cancel", body.formatted("\"context.id\":17")).get("successful")))
                .containsExactly(late);
        assertThat(texts(bulk("cancel", body.formatted("\"context.id\":\"18\"")).get("successful")))
                .isEmpty();
        assertThat(bulk("cancel", body.formatted("\"context.id\":null"))
                        .get("successful")
                        .isEmpty())
                .isTrue();
        for (String wrong : List.of("\"context.id\":{}", "\"contxt.id\":17", "\"context\":{\"id\":17}")) {
            HttpResponse<String> answer = client.send("POST", "/v1/tasks/bulk/cancel", body.formatted(wrong));
            assertThat(answer.statusCode()).as(wrong).isEqualTo(422);
        }
        assertThat(texts(bulk("cancel", body.formatted("\"context.id\":\"" + "x".repeat(10_000) + "\""))
                        .get("successful")))
                .isEmpty();
        assertThat(client.send(
                                "POST",
                                "/v1/tasks/bulk/cancel",
                                body.formatted("\"context.id\":\"" + "x".repeat(10_001) + "\""))
                        .statusCode())
                .isEqualTo(400);
        assertThat(client.send("POST", "/v1/tasks/bulk/cancel", body.formatted("\"context..\":17"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(status(other)).isEqualTo("steps_in_process");
    }

    @Test
    void filteredTasksAreCancelled() throws Exception {
        String template = scene.register();
        String one = scene.create(template);
        String other = scene.create(scene.register());

        JsonNode done = bulk(
                "cancel",
                "{\"filter\":{\"name\":\"" + template + "\",\"namespace\":\"api_test\",\"status\":\"active\"}}");

        assertThat(texts(done.get("successful"))).containsExactly(one);
        assertThat(done.get("has_more").asBoolean()).isFalse();
        assertThat(status(other)).isEqualTo("steps_in_process");
        assertThat(texts(bulk("cancel", "{\"filter\":{\"state\":\"complete\"}}").get("successful")))
                .as("what has ended is left alone")
                .isEmpty();
    }

    @Test
    void failedStepsOfManyTasksAreTriedAgain() throws Exception {
        String template = scene.register();
        String failed = scene.create(template);
        try (HandDrivenWorker worker = scene.worker(template)) {
            ApiScene.exhaust(worker);
            String running = scene.create(template);
            worker.next("first");

            JsonNode dry = bulk("retry", "{\"filter\":{\"name\":\"" + template + "\"},\"dry_run\":true}");
            JsonNode done =
                    bulk("retry", "{\"task_uuids\":[\"" + failed + "\",\"" + running + "\"],\"reason\":\"fixed\"}");

            assertThat(texts(dry.get("successful"))).containsExactly(failed);
            assertThat(texts(done.get("successful"))).containsExactly(failed);
            assertThat(done.get("failed").get(running).asString()).isEqualTo("No step of the task is in error");
            worker.run("first");
            worker.run("second");
        }
        assertThat(status(failed)).isEqualTo("complete");
    }

    @Test
    void taskIsTriedAgainAsAWhole() throws Exception {
        String template = scene.register();
        String task = scene.create(template);
        HttpResponse<String> healthy = client.send("POST", "/v1/tasks/" + task + "/retry", "{}");
        try (HandDrivenWorker worker = scene.worker(template)) {
            ApiScene.exhaust(worker);
            HttpResponse<String> retried =
                    client.send("POST", "/v1/tasks/" + task + "/retry", "{\"reason\":\"carrier is back\"}");
            assertThat(TestClient.json(retried).get("status").asString()).isEqualTo("steps_in_process");
            worker.run("first");
        }

        assertThat(healthy.statusCode()).isEqualTo(400);
        assertThat(client.send("POST", "/v1/tasks/" + UUID.randomUUID() + "/retry", "{}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(client.read("/v1/tasks/" + task + "/timeline").toString()).contains("carrier is back");
    }

    @Test
    void taskThatWasNotGivenUpIsNotReopened() throws Exception {
        String task = scene.create(scene.register());

        HttpResponse<String> refused = client.send("POST", "/v1/tasks/" + task + "/reopen", "{\"reason\":\"again\"}");

        assertThat(refused.statusCode()).isIn(400, 409);
        assertThat(client.send("POST", "/v1/tasks/" + task + "/reopen", "{}").statusCode())
                .isEqualTo(422);
        assertThat(client.send("POST", "/v1/tasks/" + UUID.randomUUID() + "/reopen", "{\"reason\":\"again\"}")
                        .statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"task_uuids\":[],\"filter\":{}}",
                "{\"task_uuids\":[\"x\"]}",
                "{\"task_uuids\":[1]}",
                "{\"filter\":[]}",
                "{\"task_uuids\":[],\"dry_run\":1}",
                "{\"task_uuids\":[],\"reason\":[]}"
            })
    void selectionOfTheWrongShapeIsUnprocessable(String body) throws Exception {
        assertThat(client.send("POST", "/v1/tasks/bulk/cancel", body).statusCode())
                .isEqualTo(422);
        assertThat(client.send("POST", "/v1/tasks/bulk/retry", body).statusCode())
                .isEqualTo(422);
    }

    @Test
    void selectionThatMakesNoSenseIsABadRequest() throws Exception {
        String many = IntStream.range(0, 1_001)
                .mapToObj(_ -> "\"" + UUID.randomUUID() + "\"")
                .collect(Collectors.joining(",", "{\"task_uuids\":[", "]}"));

        assertThat(client.send("POST", "/v1/tasks/bulk/cancel", many).statusCode())
                .isEqualTo(400);
        assertThat(client.send("POST", "/v1/tasks/bulk/cancel", "{\"filter\":{\"status\":\"lost\"}}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(client.send("POST", "/v1/tasks/bulk/cancel", "{\"filter\":{\"created_after\":\"lost\"}}")
                        .statusCode())
                .isEqualTo(400);
    }

    private JsonNode bulk(String what, String body) throws Exception {
        HttpResponse<String> answer = client.send("POST", "/v1/tasks/bulk/" + what, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestClient.json(answer);
    }

    private String status(String task) throws Exception {
        return client.read("/v1/tasks/" + task).get("status").asString();
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }
}
