package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.testkit.HandDrivenWorker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Following and waiting, as a client sees it. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(60)
class EventStreamTest {
    private static final String TELLING = """
        name: telling
        namespace_name: api_test
        version: 1.0.0
        steps:
          - name: only
            handler: {callable: api.telling}
            publishes_events:
              - {name: thing.done, description: told, condition: success, delivery_mode: durable, schema: {type: string}}
        """;

    private ApiScene scene;
    private TestClient client;

    @BeforeAll
    void start(@TempDir Path folder) {
        scene = ApiScene.start(folder);
        client = scene.client();
        scene.server().register("telling.yaml", TELLING);
    }

    @AfterAll
    void stop() {
        scene.close();
    }

    @Test
    void followedTaskIsToldFromWhatItIsToItsEnd() throws Exception {
        String template = scene.register();
        String task = scene.create(template);
        List<Event> events = new ArrayList<>();
        try (Stream stream = open("/v1/tasks/" + task + "/events", null);
                HandDrivenWorker worker = scene.worker(template)) {
            events.add(stream.next());
            worker.run("first");
            worker.run("second");
            events.addAll(stream.rest());
        }

        assertThat(events.getFirst().name()).isEqualTo("task");
        assertThat(events.getFirst().data().get("state").asString()).isEqualTo("steps_in_process");
        assertThat(events.getLast().name()).isEqualTo("end");
        assertThat(of(events, "step"))
                .contains("first in_progress", "first complete", "second in_progress", "second complete")
                .doesNotHaveDuplicates();
        assertThat(events.stream()
                        .filter(event -> event.name().equals("task"))
                        .map(event -> event.data().get("state").asString()))
                .containsExactly("steps_in_process", "complete");
    }

    @Test
    void whoComesBackIsToldWhatItMissed() throws Exception {
        String template = scene.register();
        String task = scene.create(template);
        String last;
        try (Stream stream = open("/v1/tasks/" + task + "/events", null)) {
            last = stream.next().id();
        }
        try (HandDrivenWorker worker = scene.worker(template)) {
            worker.run("first");
            worker.run("second");
        }

        List<Event> missed;
        try (Stream stream = open("/v1/tasks/" + task + "/events", last)) {
            missed = stream.rest();
        }
        List<Event> nothing;
        try (Stream stream =
                open("/v1/tasks/" + task + "/events", missed.getLast().id())) {
            nothing = stream.rest();
        }
        List<Event> late;
        try (Stream stream = open("/v1/tasks/" + task + "/events", null)) {
            late = stream.rest();
        }

        assertThat(of(missed, "step")).contains("first complete", "second complete");
        assertThat(missed.get(missed.size() - 2).data().get("state").asString()).isEqualTo("complete");
        assertThat(nothing).extracting(Event::name).containsExactly("end");
        assertThat(late).extracting(Event::name).containsExactly("task", "end");
    }

    @Test
    void streamsThatMakeNoSenseAreRefused() throws Exception {
        String task = scene.create(scene.register());

        assertThat(client.get("/v1/tasks/" + UUID.randomUUID() + "/events").statusCode())
                .isEqualTo(404);
        assertThat(client.get("/v1/tasks/abc/events").statusCode()).isEqualTo(400);
        assertThat(client.send("GET", "/v1/tasks/" + task + "/events", "", Map.of("Last-Event-ID", "x"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(client.get("/v1/events").statusCode()).isEqualTo(400);
        assertThat(client.get("/v1/events?namespace=api_test&last_event_id=x").statusCode())
                .isEqualTo(400);
    }

    @Test
    void headOfAStreamBeginsNone() throws Exception {
        String task = scene.create(scene.register());

        HttpResponse<String> head = client.open(
                client.request("/v1/tasks/" + task + "/events").HEAD().build(), BodyHandlers.ofString());

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("content-type")).contains("text/event-stream");
        assertThat(head.body()).isEmpty();
    }

    @Test
    void durableEventsOfANamespaceAreFollowedAndResumed() throws Exception {
        try (HandDrivenWorker worker = HandDrivenWorker.open(
                        scene.server().engine(),
                        new SessionRequest("hand", List.of(new HandlerKey("api_test", "api.telling")), true))
                .grant(4)) {
            String first;
            try (Stream stream = open("/v1/events?namespace=api_test", null)) {
                String task = scene.create("telling");
                worker.run("only");
                Event event = stream.next("domain_event");
                assertThat(event.data().get("event_name").asString()).isEqualTo("thing.done");
                assertThat(event.data().get("task_uuid").asString()).isEqualTo(task);
                ApiContract.requireValid(
                        "/components/schemas/DomainEvent", event.data().toString(), "domain event");
                first = event.id();
            }
            String task = scene.create("telling");
            worker.run("only");
            try (Stream stream = open("/v1/events?namespace=api_test", first)) {
                assertThat(stream.next("domain_event").data().get("task_uuid").asString())
                        .isEqualTo(task);
            }
            try (Stream stream = open("/v1/events?namespace=api_test&from_beginning=true", null)) {
                assertThat(stream.next("domain_event").id()).isEqualTo(first);
            }
        }
    }

    @Test
    void changesOfTheTasksOfANamespaceAreFollowedAndResumed() throws Exception {
        String template = scene.register();
        scene.server().register("elsewhere.yaml", TELLING.replace("api_test", "elsewhere"));
        List<Event> told = new ArrayList<>();
        String first;
        try (Stream stream = open("/v1/events?namespace=api_test", null);
                HandDrivenWorker worker = scene.worker(template)) {
            client.send(
                    "POST",
                    "/v1/tasks",
                    scene.request("telling").put("namespace", "elsewhere").toString());
            String task = scene.create(template);
            worker.run("first");
            worker.run("second");
            told.add(stream.next("task"));
            told.add(stream.next("task"));
            assertThat(told)
                    .allSatisfy(event ->
                            assertThat(event.data().get("task_uuid").asString()).isEqualTo(task))
                    .allSatisfy(event ->
                            assertThat(event.data().get("task_name").asString()).isEqualTo(template))
                    .allSatisfy(event -> ApiContract.requireValid(
                            "/components/schemas/TaskChange", event.data().toString(), "change"));
            assertThat(told)
                    .extracting(event -> event.data().get("from_state").asString() + " "
                            + event.data().get("state").asString())
                    .containsExactly("pending steps_in_process", "steps_in_process complete");
            first = told.getFirst().id();
        }
        String later = scene.create(template);
        client.delete("/v1/tasks/" + later + "?reason=enough");

        try (Stream stream = open("/v1/events?namespace=api_test", first)) {
            assertThat(stream.next("task").data()).isEqualTo(told.getLast().data());
            assertThat(stream.next("task").data().get("task_uuid").asString()).isEqualTo(later);
            JsonNode cancelled = stream.next("task").data();
            assertThat(cancelled.get("state").asString()).isEqualTo("cancelled");
            assertThat(cancelled.get("reason").asString()).isEqualTo("enough");
        }
    }

    @Test
    void waitEndsWithTheTask() throws Exception {
        String template = scene.register();
        String task = scene.create(template);
        Thread worker = Thread.ofVirtual().start(() -> {
            try (HandDrivenWorker hands = scene.worker(template)) {
                hands.run("first");
                hands.run("second");
            }
        });

        HttpResponse<String> waited = client.get("/v1/tasks/" + task + "/wait?timeout=20");
        worker.join();

        assertThat(waited.statusCode()).isEqualTo(200);
        assertThat(TestClient.json(waited).get("status").asString()).isEqualTo("complete");
        assertThat(waited.headers().firstValue("Preference-Applied")).contains("wait=20");
        assertThat(client.get("/v1/tasks/" + UUID.randomUUID() + "/wait?timeout=1")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void waitEndsWithTheTimeOrWithTheFailure() throws Exception {
        String template = scene.register();
        String task = scene.create(template);

        JsonNode early = client.read("/v1/tasks/" + task + "/wait?timeout=0");
        try (HandDrivenWorker worker = scene.worker(template)) {
            ApiScene.exhaust(worker);
        }
        JsonNode blocked = client.read("/v1/tasks/" + task + "/wait");

        assertThat(early.get("status").asString()).isEqualTo("steps_in_process");
        assertThat(blocked.get("status").asString()).isEqualTo("blocked_by_failures");
    }

    @Test
    void creationWaitsWhenThatIsPreferred() throws Exception {
        String template = scene.register();
        Thread worker = Thread.ofVirtual().start(() -> {
            try (HandDrivenWorker hands = scene.worker(template)) {
                hands.run("first");
                hands.run("second");
            }
        });

        HttpResponse<String> created = client.send(
                "POST", "/v1/tasks", scene.request(template).toString(), Map.of("Prefer", "respond-async, wait=20"));
        worker.join();

        assertThat(TestClient.json(created).get("status").asString()).isEqualTo("complete");
        assertThat(created.headers().firstValue("Preference-Applied")).contains("wait=20");
    }

    @Test
    void timelineTellsWhoDidWhat() throws Exception {
        String template = scene.register();
        String task = scene.create(template);
        scene.act(task, 0, "{\"action_type\":\"resolve_manually\",\"reason\":\"waived\",\"resolved_by\":\"op\"}");

        JsonNode changes = client.read("/v1/tasks/" + task + "/timeline").get("changes");

        JsonNode resolved = changes.valueStream()
                .filter(change -> change.path("state").asString().equals("resolved_manually"))
                .findFirst()
                .orElseThrow();
        assertThat(resolved.get("name").asString()).isEqualTo("first");
        assertThat(resolved.get("action").asString()).isEqualTo("resolve_manually");
        assertThat(resolved.get("actor").asString()).isEqualTo("op");
        assertThat(resolved.get("reason").asString()).isEqualTo("waived");
        assertThat(client.get("/v1/tasks/" + UUID.randomUUID() + "/timeline").statusCode())
                .isEqualTo(404);
    }

    private static List<String> of(List<Event> events, String name) {
        return events.stream()
                .filter(event -> event.name().equals(name))
                .map(event -> event.data().get("name").asString() + " "
                        + event.data().get("state").asString())
                .toList();
    }

    private record Event(@Nullable String id, String name, JsonNode data) {}

    private Stream open(String path, @Nullable String lastEventId) throws IOException, InterruptedException {
        HttpRequest.Builder request = client.request(path).timeout(Duration.ofSeconds(20));
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        HttpResponse<InputStream> answer = client.open(request.build(), BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("text/event-stream");
        return new Stream(new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8)));
    }

    private record Stream(BufferedReader lines) implements AutoCloseable {

        /** The next event; null when the stream is over. */
        private @Nullable Event read() throws IOException {
            String id = null;
            String name = "";
            String data = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.isEmpty() && data != null) {
                    return new Event(id, name, Vectors.JSON.readTree(data));
                }
            }
            return null;
        }

        Event next() throws IOException {
            Event event = read();
            if (event == null) {
                throw new AssertionError("the stream is over (expected: an event)");
            }
            return event;
        }

        /** The next event of that name. */
        Event next(String name) throws IOException {
            Event event = next();
            while (!event.name().equals(name)) {
                event = next();
            }
            return event;
        }

        List<Event> rest() throws IOException {
            List<Event> events = new ArrayList<>();
            for (Event event = read(); event != null; event = read()) {
                events.add(event);
            }
            return events;
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
