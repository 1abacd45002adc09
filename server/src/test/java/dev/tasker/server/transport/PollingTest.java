package dev.tasker.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Cancellation;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.StepState;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.security.TestAuth;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The long-poll profile call by call, as a shell script would use it (04 §9.6). */
@ExtendWith(DatabaseExtension.class)
class PollingTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String RESULT = "\"result\":{\"success\":true,\"result\":{\"n\":1.50}}";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> open = new ArrayList<>();
    private TestDatabase database;
    private Stack stack;
    private String namespace;
    private String apiKey = "";

    @BeforeEach
    void start(TestDatabase testDatabase) {
        database = testDatabase;
        namespace = "ns" + UUID.randomUUID().toString().substring(0, 8);
        serve(AuthConfig.DISABLED, LeaseConfig.DEFAULT);
    }

    private void serve(AuthConfig auth, LeaseConfig leases) {
        stack = Stack.start(database, auth, leases, 0, 0);
        open.add(stack);
        stack.register("""
            name: chain
            namespace_name: %s
            version: "1.0.0"
            steps:
              - name: first
                handler: {callable: pay}
              - name: second
                handler: {callable: pay}
                dependencies: [first]
            """.formatted(namespace));
    }

    @AfterEach
    void closeAll() throws Exception {
        http.close();
        Stack.close(open);
    }

    private record Answer(int status, JsonNode body, HttpResponse<String> response) {}

    private Answer call(String method, String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + stack.restPort() + "/v1/workers/sessions" + path))
                .method(method, BodyPublishers.ofString(body))
                .header("Content-Type", "application/json");
        if (!apiKey.isEmpty()) {
            request.header("X-API-Key", apiKey);
        }
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        return new Answer(
                response.statusCode(), JSON.readTree(response.body().isEmpty() ? "{}" : response.body()), response);
    }

    private Answer post(String path, String body) throws Exception {
        return call("POST", path, body);
    }

    private String register() throws Exception {
        Answer answer = post("", """
            {"worker_name":"curl","namespaces":["%s"],"handlers":[{"callable":"pay"}]}
            """.formatted(namespace));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
        return "/" + answer.body().get("session_id").asString();
    }

    private JsonNode poll(String session, String body) throws Exception {
        Answer answer = post(session + "/poll", body);
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.body();
    }

    private JsonNode fetch(String session) throws Exception {
        JsonNode assignments = poll(session, "{\"max\":1,\"wait_ms\":20000}").get("assignments");
        assertThat(assignments.size()).isEqualTo(1);
        return assignments.get(0);
    }

    private static String at(String session, JsonNode assignment, String verb) {
        return session + "/assignments/" + assignment.get("assignment_id").asString() + "/" + verb;
    }

    private static String lease(JsonNode assignment) {
        return "\"lease_token\":" + assignment.get("lease_token").asLong();
    }

    private static String leases(JsonNode... assignments) {
        List<String> named = new ArrayList<>();
        for (JsonNode assignment : assignments) {
            named.add("{\"assignment_id\":\"" + assignment.get("assignment_id").asString() + "\"," + lease(assignment)
                    + "}");
        }
        return "{\"leases\":[" + String.join(",", named) + "]}";
    }

    private Answer complete(String session, JsonNode assignment) throws Exception {
        return post(at(session, assignment, "complete"), "{" + lease(assignment) + "," + RESULT + "}");
    }

    private String error(Answer answer) {
        return answer.body().get("error").get("code").asString();
    }

    @Test
    void assignmentOfAnEarlierServerThatNeverArrivedIsGivenBackAtOnce() throws Exception {
        String session = register();
        UUID task = stack.create(namespace, "chain");
        JsonNode unheard = fetch(session); // as if the answer had been lost
        stack.close();
        serve(AuthConfig.DISABLED, LeaseConfig.DEFAULT);

        Answer resumed = post("", """
            {"worker_name":"curl","namespaces":["%s"],"handlers":[{"callable":"pay"}],
             "resume":{"session_id":"%s","active_leases":[]}}
            """.formatted(namespace, session.substring(1)));

        assertThat(resumed.status()).isEqualTo(201);
        JsonNode again = fetch("/" + resumed.body().get("session_id").asString());
        assertThat(again.get("assignment_id")).isEqualTo(unheard.get("assignment_id"));
        assertThat(again.get("attempt").asInt()).as("refunded").isEqualTo(1);
        assertThat(stack.step(task, "first").attempts()).isEqualTo(1);
    }

    @Test
    void eventsGoBothWays() throws Exception {
        Answer opened = post("", """
            {"worker_name":"curl","namespaces":["%s"],"handlers":[{"callable":"pay"}],
             "subscriptions":[{"id":7,"pattern":"item.*"}]}
            """.formatted(namespace));
        String session = "/" + opened.body().get("session_id").asString();
        stack.create(namespace, "chain");
        JsonNode given = fetch(session);
        String lease = "\"assignment_id\":\"" + given.get("assignment_id").asString() + "\"," + lease(given);

        Answer published = post(session + "/events", "{" + lease + """
            ,"events":[{"name":"item.told","payload":{"n" : 1},"delivery_mode":"fast"},
                       {"name":"item.kept","payload":null},
                       {"name":"item.kept","payload":1,"delivery_mode":"slow"}]}
            """);

        assertThat(published.status()).as(published.response().body()).isEqualTo(200);
        assertThat(published.body().get("events"))
                .extracting(event -> event.get("status").asString())
                .containsExactly("ACCEPTED", "ACCEPTED", "INVALID");
        assertThat(published.body().get("events").get(2).get("reason").asString())
                .contains("delivery_mode: 'slow'");
        JsonNode heard = poll(session, "{\"max\":0,\"wait_ms\":20000}").get("events");
        assertThat(heard.size()).isEqualTo(1);
        assertThat(heard.get(0).get("subscription_id").asInt()).isEqualTo(7);
        assertThat(heard.get(0).get("event").get("event_name").asString()).isEqualTo("item.told");
        assertThat(post(session + "/events", "{" + lease + ",\"events\":[]}").status())
                .isEqualTo(422);
        assertThat(post("/" + UUID.randomUUID() + "/events", "{" + lease + ",\"events\":[]}")
                        .status())
                .isEqualTo(410);
    }

    @Test
    void taskIsWorkedOffWithNothingButHttp() throws Exception {
        UUID task = stack.create(namespace, "chain");
        String session = register();

        JsonNode first = fetch(session);
        JsonNode event = first.get("event");
        JsonNode step = event.get("task_sequence_step");
        assertThat(first.get("attempt").asInt()).isEqualTo(1);
        assertThat(first.get("lease_expires_in_ms").asLong()).isEqualTo(30_000);
        assertThat(event.get("task_uuid").asString()).isEqualTo(task.toString());
        assertThat(step.get("task").get("namespace_name").asString()).isEqualTo(namespace);
        assertThat(step.get("task").get("task").get("context").get("id").asString())
                .isNotEmpty();
        assertThat(step.get("workflow_step").get("name").asString()).isEqualTo("first");
        assertThat(step.get("workflow_step").get("attempts").asInt())
                .as("those before")
                .isZero();
        assertThat(step.get("step_definition").get("handler").get("callable").asString())
                .isEqualTo("pay");
        Answer accepted = complete(session, first);
        assertThat(accepted.status()).isEqualTo(200);
        assertThat(accepted.body().get("status").asString()).isEqualTo("ACCEPTED");
        assertThat(complete(session, first).body().get("status").asString()).isEqualTo("DUPLICATE");

        JsonNode second = fetch(session);
        assertThat(second.toString()).contains("\"first\":{\"success\":true,\"result\":{\"n\":1.5");
        assertThat(complete(session, second).status()).isEqualTo(200);
        assertThat(poll(session, "{}").get("assignments").size()).isZero();
        assertThat(call("DELETE", session, "").status()).isEqualTo(204);
        Answer gone = post(session + "/poll", "{}");
        assertThat(gone.status()).isEqualTo(410);
        assertThat(error(gone)).isEqualTo("GONE");
        assertThat(stack.step(task, "second").state().text()).isEqualTo("complete");
    }

    @Test
    void creditIsForOnePollOnly() throws Exception {
        UUID one = stack.create(namespace, "chain");
        UUID two = stack.create(namespace, "chain");
        String session = register();

        JsonNode given = fetch(session);
        UUID first = UUID.fromString(given.get("event").get("task_uuid").asString());
        complete(session, given);

        assertThat(stack.step(first.equals(one) ? two : one, "first").state().text())
                .isEqualTo("enqueued");
        assertThat(stack.step(first, "second").state().text())
                .as("no successor without a poll")
                .isEqualTo("enqueued");
        JsonNode both = poll(session, "{\"max\":5,\"wait_ms\":20000}").get("assignments");
        for (JsonNode assignment : both) {
            complete(session, assignment);
        }
        assertThat(both.size()).isPositive();
    }

    @Test
    void successorGoesToAPollThatWaits() throws Exception {
        UUID task = stack.create(namespace, "chain");
        String session = register();
        JsonNode first = fetch(session);
        CompletableFuture<JsonNode> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return fetch(session);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });

        complete(session, first);

        JsonNode second = waiting.get(20, TimeUnit.SECONDS);
        assertThat(second.get("event").get("task_uuid").asString()).isEqualTo(task.toString());
        complete(session, second);
    }

    @Test
    void assignmentWhoseAnswerWasLostComesAgain() throws Exception {
        stack.create(namespace, "chain");
        String session = register();
        JsonNode lost = fetch(session);

        JsonNode again = poll(session, "{\"max\":1,\"leases\":[]}").get("assignments");

        assertThat(again.size()).isEqualTo(1);
        assertThat(again.get(0)).isEqualTo(lost);
        String held = leases(lost).replace("{\"leases\"", "{\"max\":1,\"leases\"");
        assertThat(poll(session, held).get("assignments").size()).isZero();
        complete(session, lost);
    }

    @Test
    void laterPollEndsAnEarlierOne() throws Exception {
        String session = register();
        CompletableFuture<JsonNode> earlier = CompletableFuture.supplyAsync(() -> {
            try {
                return poll(session, "{\"max\":1,\"wait_ms\":29000}");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        Eventually.get(
                "end of the earlier poll",
                () -> {
                    try {
                        poll(session, "{\"max\":1}");
                        return earlier.isDone();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                done -> done);
        assertThat(earlier.get().get("assignments").size()).isZero();
    }

    @Test
    void reportsThatCannotBeTakenAreToldApart() throws Exception {
        stack.create(namespace, "chain");
        String session = register();
        JsonNode given = fetch(session);
        String complete = at(session, given, "complete");

        Answer stale = post(complete, "{\"lease_token\":0," + RESULT + "}");
        assertThat(stale.status()).isIn(409, 422);
        Answer invalid = post(complete, "{" + lease(given) + ",\"result\":[]}");
        assertThat(invalid.status()).isEqualTo(422);
        assertThat(error(invalid)).isEqualTo("INVALID");
        assertThat(post(complete, "{" + RESULT + "}").status()).isEqualTo(422);
        assertThat(post(complete, "{" + lease(given) + "}").status()).isEqualTo(422);
        assertThat(post(complete, "{").status()).isEqualTo(400);
        String large =
                "{" + lease(given) + ",\"result\":{\"success\":true,\"result\":\"" + "x".repeat(4 << 20) + "\"}}";
        assertThat(post(complete, large).status()).isEqualTo(413);
        assertThat(post(complete, large.replace("x", "xx")).status()).isEqualTo(413);
        assertThat(post(session + "/assignments/no-uuid/complete", "{" + lease(given) + "," + RESULT + "}")
                        .status())
                .isEqualTo(400);

        assertThat(post(at(session, given, "reject"), "{" + lease(given) + ",\"reason\":\"tired\"}")
                        .status())
                .isEqualTo(422);
        assertThat(post(at(session, given, "reject"), "{" + lease(given) + ",\"reason\":\"worker_shutdown\"}")
                        .status())
                .isEqualTo(204);
        Answer late = complete(session, given);
        assertThat(late.status()).isEqualTo(409);
        assertThat(error(late)).isEqualTo("STALE_LEASE");
        complete(session, fetch(session));
    }

    @Test
    void checkpointIsSavedAndAYieldGoesOnWithTheNextPoll() throws Exception {
        stack.create(namespace, "chain");
        String session = register();
        JsonNode given = fetch(session);
        String checkpoint = at(session, given, "checkpoint");

        assertThat(post(
                                checkpoint,
                                "{" + lease(given)
                                        + ",\"continue\":true,\"data\":{\"cursor\":7,\"items_processed\":7}}")
                        .status())
                .isEqualTo(200);
        assertThat(post(
                                checkpoint,
                                "{" + lease(given)
                                        + ",\"data\":{\"cursor\":{\"row\":9},\"items_processed\":9,"
                                        + "\"accumulated_results\":[1]}}")
                        .status())
                .isEqualTo(200);

        JsonNode next = fetch(session);
        assertThat(next.get("attempt").asInt()).isEqualTo(1);
        JsonNode saved =
                next.get("event").get("task_sequence_step").get("workflow_step").get("checkpoint");
        assertThat(saved.get("cursor").get("row").asInt()).isEqualTo(9);
        assertThat(post(checkpoint, "{" + lease(given) + ",\"continue\":true,\"data\":{\"cursor\":1}}")
                        .status())
                .isEqualTo(409);
        assertThat(post(checkpoint, "{" + lease(given) + ",\"data\":{}}").status())
                .isEqualTo(422);
        complete(session, next);
    }

    @Test
    void heartbeatTellsWhatLivesWhatIsLostAndWhatWasCancelled() throws Exception {
        UUID kept = stack.create(namespace, "chain");
        UUID cancelled = stack.create(namespace, "chain");
        String session = register();
        JsonNode one = fetch(session);
        JsonNode two = fetch(session);
        boolean isFirst = one.get("event").get("task_uuid").asString().equals(kept.toString());
        JsonNode lives = isFirst ? one : two;
        JsonNode ends = isFirst ? two : one;

        stack.engine().cancel(cancelled, Cancellation.UNEXPLAINED).get(20, TimeUnit.SECONDS);
        JsonNode polled = poll(session, "{\"wait_ms\":20000,\"max\":0}");
        assertThat(polled.get("cancel").get(0).get("assignment_id")).isEqualTo(ends.get("assignment_id"));

        JsonNode beat = post(session + "/heartbeat", leases(lives, ends)).body();
        assertThat(beat.get("renewed").size()).isEqualTo(1);
        assertThat(beat.get("renewed").get(0).get("assignment_id")).isEqualTo(lives.get("assignment_id"));
        assertThat(beat.get("lost").get(0).get("assignment_id")).isEqualTo(ends.get("assignment_id"));
        complete(session, lives);
    }

    @Test
    void silentSessionExpiresAndItsStepGoesToAnother() throws Exception {
        serve(AuthConfig.DISABLED, Stack.QUICK_LEASES);
        UUID task = stack.create(namespace, "chain");
        String silent = register();
        fetch(silent);
        String other = register();

        JsonNode taken = fetch(other);

        assertThat(taken.get("event").get("task_uuid").asString()).isEqualTo(task.toString());
        assertThat(taken.get("attempt").asInt()).isEqualTo(2);
        assertThat(post(silent + "/heartbeat", "{}").status()).isEqualTo(410);
        complete(other, taken);
    }

    @Test
    void deadWorkerWhosePollStillWaitsIsNotGivenItsStepAgain() throws Exception {
        serve(AuthConfig.DISABLED, Stack.QUICK_LEASES);
        stack.create(namespace, "chain");
        String dead = register();
        JsonNode held = fetch(dead);
        assertThat(post(dead + "/heartbeat", leases(held)).status()).isEqualTo(200);

        Answer last = post(dead + "/poll", "{\"max\":5,\"wait_ms\":20000}"); // its socket stays open, and nobody reads

        assertThat(last.status()).as(last.response().body()).isEqualTo(410);
        JsonNode taken = fetch(register());
        assertThat(taken.get("assignment_id")).isEqualTo(held.get("assignment_id"));
        assertThat(taken.get("attempt").asInt()).isEqualTo(2);
    }

    @Test
    void workerThatDiesBeforeItsFirstHeartbeatIsNotGivenItsStepAgain() throws Exception {
        serve(AuthConfig.DISABLED, Stack.QUICK_LEASES);
        stack.create(namespace, "chain");
        String dead = register();
        JsonNode held = fetch(dead);
        CompletableFuture<Answer> last = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                last.complete(post(dead + "/poll", "{\"max\":5,\"wait_ms\":20000}")); // with more room than the other
            } catch (Exception e) {
                last.completeExceptionally(e);
            }
        });

        JsonNode taken = fetch(register());

        assertThat(taken.get("assignment_id")).isEqualTo(held.get("assignment_id"));
        assertThat(taken.get("attempt").asInt()).as("it may have begun").isEqualTo(2);
        assertThat(last.get(20, TimeUnit.SECONDS).body().get("assignments").size())
                .isZero();
    }

    @Test
    void assignmentThatNobodyMentionsIsGivenBackWhileTheWorkerLives() throws Exception {
        serve(AuthConfig.DISABLED, Stack.QUICK_LEASES);
        stack.create(namespace, "chain");
        stack.create(namespace, "chain");
        String session = register();
        JsonNode mentioned = fetch(session);
        JsonNode forgotten = fetch(session);
        UUID task = UUID.fromString(forgotten.get("event").get("task_uuid").asString());

        Eventually.get(
                "step given back",
                () -> {
                    try {
                        post(session + "/heartbeat", leases(mentioned)); // renews whatever the session holds
                        return stack.step(task, "first");
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                step -> step.state() == StepState.ENQUEUED && step.attempts() == 0);

        assertThat(complete(session, forgotten).status()).isEqualTo(409);
        assertThat(complete(session, mentioned).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|422",
                "{\"worker_name\":\"w\"}|422",
                "{\"worker_name\":\"w\",\"handlers\":[{\"callable\":\"\"}]}|422",
                "{\"worker_name\":\"w\",\"handlers\":[{\"callable\":\"a\"}],\"max_inflight\":0}|422",
                "{\"worker_name\":\"w\",\"handlers\":[{\"callable\":\"a\"}],\"protocol_version\":2}|409",
                "{\"worker_name\":\"w\",\"handlers\":\"all\"}|422",
                "{\"worker_name\":\"w\",\"handlers\":[1]}|422",
                "{\"worker_name\":7}|422",
                "{\"worker_name\":\"w\",\"instance_id\":\"x\"}|422",
                "[]|422",
                "not json|400"
            })
    void registrationThatCannotBeRightIsRefused(String body, int status) throws Exception {
        assertThat(post("", body).status()).isEqualTo(status);
    }

    @Test
    void sessionIsOfWhoOpenedIt() throws Exception {
        serve(
                TestAuth.config(
                        TestAuth.key("one-key", "worker:connect"),
                        TestAuth.key("two-key", "worker:connect"),
                        TestAuth.key("reader-key", "tasks:*")),
                LeaseConfig.DEFAULT);
        namespace = "shop";
        assertThat(post("", "{}").status()).isEqualTo(401);
        apiKey = "reader-key";
        assertThat(post("", "{}").status()).isEqualTo(403);
        apiKey = "one-key";
        String session = register();
        assertThat(post(session + "/poll", "{}").status()).isEqualTo(200);

        apiKey = "two-key";
        assertThat(post(session + "/poll", "{}").status()).isEqualTo(410);
        namespace = "bank";
        Answer foreign = post("", """
            {"worker_name":"curl","namespaces":["bank"],"handlers":[{"callable":"pay"}]}
            """);
        assertThat(foreign.status()).isEqualTo(403);
        assertThat(error(foreign)).isEqualTo("AUTHORIZATION_FAILED");
    }

    @Test
    void pollForOtherNamespacesIsRefused() throws Exception {
        String session = register();

        Answer answer = post(session + "/poll", "{\"namespaces\":[\"x\"]}");

        assertThat(answer.status()).isEqualTo(422);
    }

    @Test
    void drainingSessionIsGivenNothing() throws Exception {
        String session = register();
        assertThat(post(session + "/drain", "{}").status()).isEqualTo(204);
        UUID task = stack.create(namespace, "chain");

        assertThat(poll(session, "{\"max\":1}").get("assignments").size()).isZero();
        assertThat(stack.step(task, "first").state().text()).isEqualTo("enqueued");
    }

    @Test
    void sessionThatIsClosedBehindAYieldCostsNoAttempt() throws Exception {
        UUID task = stack.create(namespace, "chain");
        String session = register();
        JsonNode given = fetch(session);
        assertThat(post(
                                at(session, given, "checkpoint"),
                                "{" + lease(given) + ",\"data\":{\"cursor\":9,\"items_processed\":9}}")
                        .status())
                .isEqualTo(200);

        assertThat(call("DELETE", session, "").status()).isEqualTo(204);

        JsonNode next = fetch(register());
        assertThat(next.get("assignment_id")).isEqualTo(given.get("assignment_id"));
        assertThat(next.get("attempt").asInt()).isEqualTo(1);
        assertThat(stack.step(task, "first").attempts()).isEqualTo(1);
    }

    @Test
    void pollThatWaitsIsAnsweredWhenItsSessionDrains() throws Exception {
        String session = register();
        CompletableFuture<Answer> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return post(session + "/poll", "{\"max\":1,\"wait_ms\":25000}");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        Eventually.equals("slots", 1, () -> stack.engine().metrics().freeSlots());

        assertThat(post(session + "/drain", "{}").status()).isEqualTo(204);

        assertThat(waiting.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
    }
}
