package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.testkit.HandDrivenWorker;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the routes do to tasks and steps of a real server, worked by hand. */
@TestInstance(Lifecycle.PER_CLASS)
class ApiRoutesTest {
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
    void listShowsRealStatesAndFiltersByThem() throws Exception {
        String template = scene.register();
        String running = scene.create(template);
        String cancelled = scene.create(template);
        assertThat(client.delete("/v1/tasks/" + cancelled).statusCode()).isEqualTo(200);

        JsonNode all = client.read("/v1/tasks?page=1&per_page=20&namespace=api_test&name=" + template);
        Shapes.assertSame(all, Vectors.read("TaskListResponse.json"));
        assertThat(ApiScene.uuids(all)).containsExactly(cancelled, running);
        assertThat(all.get("tasks").get(0).get("status").asString()).isEqualTo("cancelled");
        assertThat(all.get("tasks").get(0).get("steps").isEmpty()).isTrue();
        assertThat(all.get("pagination").toString())
                .isEqualTo("{\"page\":1,\"per_page\":20,\"total_count\":2,\"total_pages\":1,"
                        + "\"has_next\":false,\"has_previous\":false}");
        assertThat(scene.listed(template, "status=cancelled")).containsExactly(cancelled);
        assertThat(scene.listed(template, "status=active")).containsExactly(running);
        assertThat(scene.listed(template, "status=pending")).containsExactly(running);
        assertThat(scene.listed(template, "status=completed")).isEmpty();
        assertThat(scene.listed(template, "status=failed")).isEmpty();
        assertThat(scene.listed(template, "state=cancelled,steps_in_process")).containsExactly(cancelled, running);
        assertThat(client.get("/v1/tasks?state=cancelled&status=active").statusCode())
                .as("no task can be both")
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        page=0 | page must be >= 1
        per_page=0 | per_page must be between 1 and 100
        per_page=101 | per_page must be between 1 and 100
        limit=101 | per_page must be between 1 and 100
        status=lost | Unknown status: lost
        state=cancelled,lost | Unknown status: lost
        page=-1 | Failed to deserialize query string: page
        page=18446744073709551615 | Failed to deserialize query string: page
        per_page=ten | Failed to deserialize query string: per_page
        cursor=next | cursor: next
        created_after=yesterday | Failed to deserialize query string: created_after
        include_total=maybe&limit=1 | Failed to deserialize query string: include_total
        context.=1 | context.: no path
        context.a..b=1 | context.a..b: no path
        context.a%00b=1 | context.ab: has a null character
        context.a=%00 | context.a: has a null character
        q=%00 | q: has a null character
        q=1+2+3+4+5+6+7+8+9+10+11 | q: 11 words
        context.a=1&context.b=1&context.c=1&context.d=1&context.e=1&context.f=1 | context: 6 values
        """)
    void queriesThatMakeNoSenseAreBadRequests(String query, String message) throws Exception {
        HttpResponse<String> answer = client.get("/v1/tasks?" + query);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(TestClient.json(answer).get("error").get("code").asString()).isEqualTo("BAD_REQUEST");
        assertThat(TestClient.json(answer).get("error").get("message").asString())
                .startsWith(message);
    }

    @Test
    void pagesAreNumberedAndOnePastTheEndIsEmpty() throws Exception {
        String template = scene.register();
        String first = scene.create(template);
        String second = scene.create(template);
        String third = scene.create(template);

        JsonNode page = client.read("/v1/tasks?per_page=2&page=2&name=" + template);
        JsonNode past = client.read("/v1/tasks?per_page=2&page=9&name=" + template);
        JsonNode far = client.read("/v1/tasks?per_page=100&page=4294967295&name=" + template);
        JsonNode none = client.read("/v1/tasks?name=nothing&page=1&per_page=20");

        assertThat(ApiScene.uuids(page)).containsExactly(first);
        assertThat(page.get("pagination").get("has_previous").asBoolean()).isTrue();
        assertThat(page.get("pagination").get("has_next").asBoolean()).isFalse();
        assertThat(ApiScene.uuids(past)).isEmpty();
        assertThat(past.get("pagination").get("total_count").asInt()).isEqualTo(3);
        assertThat(ApiScene.uuids(far)).isEmpty();
        assertThat(none.toString())
                .isEqualTo(Vectors.read("TaskListResponse_empty.json").toString());
        assertThat(List.of(second, third)).doesNotContain(first);
    }

    @Test
    void cursorLeadsThroughTheListWithoutATotal() throws Exception {
        String template = scene.register();
        String first = scene.create(template);
        String second = scene.create(template);

        JsonNode page = client.read("/v1/tasks?limit=1&name=" + template);
        scene.create(template);
        String cursor = page.get("pagination").get("next_cursor").asString();
        JsonNode next = client.read("/v1/tasks?limit=5&cursor=" + cursor + "&name=" + template);

        assertThat(ApiScene.uuids(page)).containsExactly(second);
        assertThat(page.get("pagination").get("total_count").asInt()).isEqualTo(2);
        assertThat(ApiScene.uuids(next)).containsExactly(first);
        assertThat(next.get("pagination").toString())
                .isEqualTo("{\"limit\":5,\"next_cursor\":null,\"has_next\":false}");
    }

    @Test
    void listIsSearchedByTagAndByWhoAskedAndWhen() throws Exception {
        String template = scene.register();
        ObjectNode request = scene.request(template);
        request.putArray("tags").add("eu").add("big");
        request.put("initiator", "a b&c");
        String tagged = scene.created(request);
        scene.create(template);

        assertThat(scene.listed(template, "tag=big")).containsExactly(tagged);
        assertThat(scene.listed(template, "tag=bi")).isEmpty();
        assertThat(scene.listed(template, "initiator=a+b%26c")).containsExactly(tagged);
        assertThat(scene.listed(template, "source_system=elsewhere")).isEmpty();
        assertThat(scene.listed(template, "created_after=2100-01-01T00:00:00Z")).isEmpty();
        assertThat(scene.listed(template, "created_before=2100-01-01T00:00:00")).hasSize(2);
        assertThat(scene.listed(template, "version=2.0.0")).isEmpty();
        assertThat(scene.listed(template, "tag=big&tag=eu")).containsExactly(tagged);
        assertThat(scene.listed(template, "tag=big&tag=us")).isEmpty();
    }

    @Test
    void listIsSearchedByCorrelationPriorityAndUpdate() throws Exception {
        String template = scene.register();
        String correlation = UUID.randomUUID().toString();
        String parent = UUID.randomUUID().toString();
        String low = scene.created(scene.request(template)
                .put("correlation_id", correlation)
                .put("parent_correlation_id", parent)
                .put("priority", -7));
        String middle = scene.create(template);
        String high = scene.created(scene.request(template).put("priority", 9));

        assertThat(scene.listed(template, "correlation_id=" + correlation)).containsExactly(low);
        assertThat(scene.listed(template, "parent_correlation_id=" + parent)).containsExactly(low);
        assertThat(scene.listed(template, "parent_correlation_id=" + correlation))
                .isEmpty();
        assertThat(scene.listed(template, "priority_min=0")).containsExactly(high, middle);
        assertThat(scene.listed(template, "priority_max=0")).containsExactly(middle, low);
        assertThat(scene.listed(template, "priority_min=-7&priority_max=-7")).containsExactly(low);
        String updated = TestClient.json(client.delete("/v1/tasks/" + middle))
                .get("updated_at")
                .asString();
        assertThat(scene.listed(template, "updated_after=" + updated)).containsExactly(middle);
        assertThat(scene.listed(template, "updated_before=" + updated)).containsExactly(high, low);
    }

    @Test
    void listIsSearchedByWordsAndByValuesInTheContext() throws Exception {
        String template = scene.register();
        ObjectNode request = scene.request(template);
        request.put("reason", "Late order").putArray("tags").add("Eu");
        request.putObject("context").putObject("order & more").put("id", 17).put("city", "Köln (a+b)");
        String late = scene.created(request);
        String other = scene.create(template);

        assertThat(scene.listed(template, "q=late+eu")).containsExactly(late);
        assertThat(scene.listed(template, "q=" + late.replace("-", ""))).containsExactly(late);
        assertThat(scene.listed(template, "q=" + template)).containsExactly(other, late);
        assertThat(scene.listed(template, "q=")).containsExactly(other, late);
        assertThat(scene.listed(template, "q=late+us")).isEmpty();
        assertThat(scene.listed(template, "context.order+%26+more.id=17")).containsExactly(late);
        assertThat(scene.listed(template, "context.order+%26+more.id=17&context.order+%26+more.id=18"))
                .isEmpty();
        assertThat(scene.listed(template, "context.order+%26+more.city=K%C3%B6ln+(a%2Bb)&q=late&status=active"))
                .containsExactly(late);
        assertThat(scene.listed(template, "context.nothing=")).isEmpty();
        assertThat(scene.listed(template, "context.nothing=" + "x".repeat(3_000)))
                .isEmpty();
        JsonNode page = client.read("/v1/tasks?limit=1&q=eu&name=" + template);
        assertThat(page.get("pagination").toString())
                .isEqualTo(
                        "{\"limit\":1,\"next_cursor\":null,\"total_count\":1,\"total_is_exact\":true,\"has_next\":false}");
    }

    @Test
    void listIsSortedAsAsked() throws Exception {
        String template = scene.register();
        String low = scene.created(scene.request(template).put("priority", -7));
        String middle = scene.create(template);
        String high = scene.created(scene.request(template).put("priority", 9));
        client.delete("/v1/tasks/" + low);

        assertThat(scene.listed(template, "sort=priority")).containsExactly(low, middle, high);
        assertThat(scene.listed(template, "sort=-priority")).containsExactly(high, middle, low);
        assertThat(scene.listed(template, "sort=created_at")).containsExactly(low, middle, high);
        assertThat(scene.listed(template, "sort=-created_at")).containsExactly(high, middle, low);
        assertThat(scene.listed(template, "sort=-updated_at")).startsWith(low);
        assertThat(scene.listed(template, "sort=name"))
                .as("equals stand newest first")
                .containsExactly(high, middle, low);
        assertThat(scene.listed(template, "sort=priority&per_page=2&page=2")).containsExactly(high);
        assertThat(scene.listed(template, "sort=priority&page=4000")).isEmpty();
        assertThat(client.get("/v1/tasks?sort=created_at&limit=5").statusCode())
                .as("no cursor in this order")
                .isEqualTo(400);
    }

    @Test
    void cancelledTaskIsShownAndCannotBeCancelledAgain() throws Exception {
        String task = scene.create(scene.register());

        HttpResponse<String> answer = client.delete("/v1/tasks/" + task + "?reason=no+longer+wanted");
        HttpResponse<String> again = client.delete("/v1/tasks/" + task);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(TestClient.json(answer).get("status").asString()).isEqualTo("cancelled");
        Shapes.assertSame(TestClient.json(answer), Vectors.read("TaskResponse.json"));
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(TestClient.withoutRequestId(again))
                .isEqualTo("{\"error\":{\"code\":\"BAD_REQUEST\",\"message\":\"Cannot cancel a completed task\"}}");
        assertThat(client.delete("/v1/tasks/" + UUID.randomUUID()).statusCode()).isEqualTo(404);
        assertThat(client.delete("/v1/tasks/abc").statusCode()).isEqualTo(400);
    }

    @Test
    void summaryTellsOfTemplateStepsErrorsAndDeadLetter() throws Exception {
        String template = scene.register();
        String task = scene.create(template);
        try (HandDrivenWorker worker = scene.worker(template)) {
            ApiScene.exhaust(worker);
        }
        assertThat(client.send("POST", "/v1/dlq/task/" + task, "{\"metadata\":{\"ticket\":1}}")
                        .statusCode())
                .isEqualTo(200);

        JsonNode summary = client.read("/v1/tasks/" + task + "/summary");

        Shapes.assertSame(summary, Vectors.read("TaskSummaryResponse.json"));
        assertThat(summary.get("task").get("status").asString()).isEqualTo("blocked_by_failures");
        assertThat(summary.get("template").get("steps").get(1).toString())
                .isEqualTo("{\"name\":\"second\",\"step_type\":\"standard\",\"handler\":\"api." + template
                        + ".second\"," + "\"dependencies\":[\"first\"],\"retryable\":true,\"max_attempts\":3}");
        JsonNode failed = summary.get("steps").get(0);
        assertThat(failed.get("error").get("retryable").asBoolean()).isTrue();
        assertThat(failed.get("last_attempted_at").asString()).endsWith("Z");
        assertThat(summary.get("steps").get(1).get("error").isNull()).isTrue();
        assertThat(summary.get("dlq").toString())
                .isEqualTo("{\"in_dlq\":true,\"dlq_reason\":\"manual_dlq\",\"resolution_status\":\"pending\"}");
        assertThat(summary.get("links").get("steps").asString()).isEqualTo("/v1/tasks/" + task + "/workflow_steps");
        assertThat(client.get("/v1/tasks/" + UUID.randomUUID() + "/summary").statusCode())
                .isEqualTo(404);
    }

    @Test
    void whyNamesWhatATaskWaitsFor() throws Exception {
        String task = scene.create(scene.register());

        JsonNode why = client.read("/v1/tasks/" + task + "/why");

        assertThat(why.get("status").asString()).isEqualTo("steps_in_process");
        assertThat(why.get("steps").get(0).get("reason").asString()).isEqualTo("no_worker");
        assertThat(why.get("steps").get(1).get("reason").asString()).isEqualTo("waiting_for_parents");
        assertThat(why.get("sentence").asString()).contains("no session takes callable");
    }

    @Test
    void stepIsReadByItself() throws Exception {
        String task = scene.create(scene.register());
        String other = scene.create(scene.register());
        String step = scene.step(task, 0);

        JsonNode answer = client.read("/v1/tasks/" + task + "/workflow_steps/" + step);
        HttpResponse<String> elsewhere = client.get("/v1/tasks/" + other + "/workflow_steps/" + step);
        HttpResponse<String> unknown = client.get("/v1/tasks/" + task + "/workflow_steps/" + UUID.randomUUID());
        HttpResponse<String> malformed = client.get("/v1/tasks/" + task + "/workflow_steps/x");

        assertThat(answer)
                .isEqualTo(client.read("/v1/tasks/" + task + "/workflow_steps").get(0));
        assertThat(elsewhere.statusCode()).isEqualTo(404);
        assertThat(elsewhere.body()).contains("\"message\":\"Step does not belong to the specified task\"");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("\"message\":\"Resource not found\"");
        assertThat(malformed.statusCode()).isEqualTo(400);
        assertThat(malformed.body()).contains("\"code\":\"BAD_REQUEST\",\"message\":\"Invalid step UUID format\"");
    }

    @Test
    void resetStepOfABlockedTaskGoesOnByItself() throws Exception {
        String template = scene.register();
        String task = scene.create(template);
        try (HandDrivenWorker worker = scene.worker(template)) {
            ApiScene.exhaust(worker);
            assertThat(client.read("/v1/tasks/" + task).get("execution_status").asString())
                    .isEqualTo("blocked_by_failures");

            HttpResponse<String> reset = scene.act(
                    task, 0, "{\"action_type\":\"reset_for_retry\",\"reason\":\"again\",\"reset_by\":\"op\",\"x\":1}");

            assertThat(reset.statusCode()).as(reset.body()).isEqualTo(200);
            Shapes.assertSame(TestClient.json(reset), Vectors.read("StepResponse.json"));
            worker.run("first");
            worker.run("second");
        }
        JsonNode done = client.read("/v1/tasks/" + task);
        assertThat(done.get("status").asString()).isEqualTo("complete");
        assertThat(done.get("completed_at").isString()).isTrue();
        assertThat(done.get("execution_status").asString()).isEqualTo("all_complete");
        JsonNode audit = client.read("/v1/tasks/" + task + "/workflow_steps/" + scene.step(task, 0) + "/audit");
        assertThat(audit.size()).isEqualTo(4);
        assertThat(audit.get(0).get("success").asBoolean()).isTrue();
        assertThat(audit.get(0).get("to_state").asString()).isEqualTo("enqueued_for_orchestration");
        assertThat(audit.get(0).get("from_state").asString()).isEqualTo("in_progress");
        assertThat(audit.get(0).get("result").get("result").asString()).isEqualTo("first");
        assertThat(audit.get(1).get("to_state").asString()).as("the reset").isEqualTo("pending");
        assertThat(audit.get(1).has("result")).isFalse();
        Shapes.assertSame(
                audit.get(2), Vectors.read("StepAuditResponse_list.json").get(0));
        assertThat(audit.get(0).get("audit_uuid")).isNotEqualTo(audit.get(0).get("transition_uuid"));
        assertThat(client.read("/v1/tasks/" + task + "/workflow_steps/" + scene.step(task, 0) + "/audit"))
                .as("derived, hence the same again")
                .isEqualTo(audit);
    }

    @Test
    void stepCompletedByHandHandsItsResultOn() throws Exception {
        String template = scene.register();
        String task = scene.create(template);

        HttpResponse<String> completed = scene.act(task, 0, """
            {"action_type":"complete_manually","reason":"verified","completed_by":"ops@example.com",
             "completion_data":{"result":{"n":1234567890123,"f":1.5,"z":null},"metadata":{"ticket":"OPS-7"}}}
            """);

        assertThat(completed.statusCode()).as(completed.body()).isEqualTo(200);
        JsonNode results = TestClient.json(completed).get("results");
        assertThat(results.get("result").toString()).isEqualTo("{\"n\":1234567890123,\"f\":1.5,\"z\":null}");
        assertThat(results.get("metadata").get("custom").get("ticket").asString())
                .isEqualTo("OPS-7");
        try (HandDrivenWorker worker = scene.worker(template)) {
            Assignment second = worker.next("second");
            assertThat(second.dependencyResults().toString()).contains("1234567890123");
            worker.succeed(second, "1");
        }
        assertThat(client.read("/v1/tasks/" + task).get("status").asString()).isEqualTo("complete");
    }

    @Test
    void resolvedStepLetsDependantsStart() throws Exception {
        String template = scene.register();
        String task = scene.create(template);

        HttpResponse<String> resolved = scene.act(
                task, 0, "{\"action_type\":\"resolve_manually\",\"reason\":\"waived\",\"resolved_by\":\"op\"}");
        HttpResponse<String> again = scene.act(
                task, 0, "{\"action_type\":\"resolve_manually\",\"reason\":\"waived\",\"resolved_by\":\"op\"}");

        assertThat(TestClient.json(resolved).get("current_state").asString()).isEqualTo("resolved_manually");
        assertThat(again.statusCode()).as(again.body()).isEqualTo(409);
        assertThat(client.read("/v1/tasks/" + task + "/workflow_steps")
                        .get(1)
                        .get("current_state")
                        .asString())
                .isEqualTo("enqueued");
    }

    @Test
    void resetOfAStepThatDidNotFailIsABadRequest() throws Exception {
        String task = scene.create(scene.register());

        HttpResponse<String> answer =
                scene.act(task, 1, "{\"action_type\":\"reset_for_retry\",\"reason\":\"r\",\"reset_by\":\"op\"}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(TestClient.json(answer).get("error").get("message").asString())
                .startsWith("Cannot manually resolve step: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"action_type\":\"fly\",\"reason\":\"r\"}",
                "{\"action_type\":\"reset_for_retry\",\"reason\":\"r\"}",
                "{\"action_type\":\"reset_for_retry\",\"reason\":null,\"reset_by\":\"op\"}",
                "{\"action_type\":\"resolve_manually\",\"reason\":\"r\",\"resolved_by\":7}",
                "{\"action_type\":\"complete_manually\",\"reason\":\"r\",\"completed_by\":\"op\"}",
                "{\"action_type\":\"complete_manually\",\"reason\":\"r\",\"completed_by\":\"op\",\"completion_data\":{}}",
                "{\"action_type\":\"complete_manually\",\"reason\":\"r\",\"completed_by\":\"op\",\"completion_data\":[]}"
            })
    void actionOfTheWrongShapeIsUnprocessable(String body) throws Exception {
        String task = scene.create(scene.register());

        HttpResponse<String> answer = scene.act(task, 0, body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    }

    @Test
    void templateIsShownAsItWasRegistered() throws Exception {
        String template = scene.register();

        JsonNode detail = client.read("/v1/templates/api_test/" + template + "/1.0.0");

        Shapes.assertSame(detail, Vectors.read("TemplateDetail.json"));
        assertThat(detail.get("configuration")
                        .get("steps")
                        .get(0)
                        .get("handler")
                        .get("callable")
                        .asString())
                .isEqualTo("api." + template + ".first");
        assertThat(detail.get("steps").get(0).toString())
                .isEqualTo("{\"name\":\"first\",\"description\":\"begins\",\"default_retryable\":true,"
                        + "\"default_max_attempts\":2,\"result_schema\":{\"type\":\"object\"}}");
        HttpResponse<String> unknown = client.get("/v1/templates/api_test/" + template + "/9.9.9");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("\"Template not found: api_test/" + template + "/9.9.9\"");
    }

    @Test
    void templateIsCheckedAndRegisteredInYamlAndJson() throws Exception {
        String name = "put" + scene.number();
        String yaml = ApiScene.template(name);

        HttpResponse<String> checked =
                client.send("POST", "/v1/templates/validate", yaml, Map.of("Content-Type", "application/yaml"));
        HttpResponse<String> before = client.get("/v1/templates/api_test/" + name + "/1.0.0");
        HttpResponse<String> registered =
                client.send("POST", "/v1/templates", yaml, Map.of("Content-Type", "text/yaml; charset=utf-8"));
        String document = client.read("/v1/templates/api_test/" + name + "/1.0.0")
                .get("configuration")
                .toString();
        HttpResponse<String> again = client.send("POST", "/v1/templates", document);
        HttpResponse<String> broken = client.send("POST", "/v1/templates", "{\"name\":\"x\"}");
        HttpResponse<String> invalid = client.send("POST", "/v1/templates/validate", "{\"name\":\"x\"}");
        HttpResponse<String> untyped =
                client.send(client.request("/v1/templates").POST(BodyPublishers.ofString(yaml)));

        assertThat(TestClient.json(checked).get("valid").asBoolean()).isTrue();
        assertThat(before.statusCode()).isEqualTo(404);
        assertThat(registered.statusCode()).as(registered.body()).isEqualTo(200);
        assertThat(TestClient.json(again).get("content_hash"))
                .isEqualTo(TestClient.json(registered).get("content_hash"));
        assertThat(broken.statusCode()).isEqualTo(400);
        assertThat(TestClient.json(broken).get("error").get("message").asString())
                .startsWith("Invalid task configuration: ");
        assertThat(invalid.statusCode()).isEqualTo(200);
        assertThat(TestClient.json(invalid).get("valid").asBoolean()).isFalse();
        assertThat(TestClient.json(invalid).get("findings").isEmpty()).isFalse();
        assertThat(untyped.statusCode()).isEqualTo(415);
    }

    @Test
    void deadLettersAreListedEditedAndCounted() throws Exception {
        String task = scene.create(scene.register());
        JsonNode entered = TestClient.json(client.send("POST", "/v1/dlq/task/" + task, "{\"metadata\":{\"t\":1}}"));
        String entry = entered.get("dlq_entry_uuid").asString();
        Shapes.assertSame(entered, Vectors.read("DlqEntry.json"));
        assertThat(client.send("POST", "/v1/dlq/task/" + task, "{}").statusCode())
                .isEqualTo(409);
        assertThat(client.send("POST", "/v1/dlq/task/" + UUID.randomUUID(), "{}")
                        .statusCode())
                .isEqualTo(404);

        assertThat(scene.entries("?limit=50&offset=0&resolution_status=pending"))
                .contains(entry);
        assertThat(scene.entries("?resolution_status=Pending")).contains(entry);
        assertThat(scene.entries("")).contains(entry);
        Shapes.assertSame(client.read("/v1/dlq"), Vectors.read("DlqEntry_list.json"));
        assertThat(client.read("/v1/dlq/task/" + task).get("dlq_entry_uuid").asString())
                .isEqualTo(entry);
        JsonNode queue = client.read("/v1/dlq/investigation-queue");
        Shapes.assertSame(queue, Vectors.read("DlqInvestigationQueueEntry_list.json"));
        HttpResponse<String> updated = client.send(
                "PATCH",
                "/v1/dlq/entry/" + entry,
                "{\"resolution_status\":\"ManuallyResolved\",\"resolution_notes\":\"done\",\"resolved_by\":null,"
                        + "\"metadata\":null}");
        assertThat(updated.body())
                .isEqualTo("{\"success\":true,\"message\":\"Investigation status updated successfully\","
                        + "\"dlq_entry_uuid\":\"" + entry + "\"}");
        JsonNode closed = client.read("/v1/dlq/task/" + task);
        assertThat(closed.get("resolution_status").asString()).isEqualTo("ManuallyResolved");
        assertThat(closed.get("resolution_timestamp").asString()).matches("[0-9-]+T[0-9:]{8}\\.[0-9]{6}");
        assertThat(closed.get("metadata").toString()).as("null keeps").isEqualTo("{\"t\":1}");
        assertThat(scene.patch(entry, "{\"resolution_status\":\"pending\"}").statusCode())
                .isEqualTo(409);
        assertThat(scene.patch(entry, "{\"resolution_notes\":\"more\"}").statusCode())
                .isEqualTo(200);
        assertThat(scene.patch(entry, "{\"resolution_status\":\"Open\"}").statusCode())
                .isEqualTo(422);
        assertThat(scene.patch(UUID.randomUUID().toString(), "{}").body()).contains("DLQ entry not found: ");
        JsonNode stats = client.read("/v1/dlq/stats");
        Shapes.assertSame(stats, Vectors.read("DlqStats_list.json"));
        assertThat(stats.get(0).get("dlq_reason").asString()).isEqualTo("ManualDlq");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /v1/dlq?offset=-1 | 400 | offset
        /v1/dlq?limit=-1 | 400 | limit
        /v1/dlq?limit=many | 400 | Failed to deserialize query string: limit
        /v1/dlq?resolution_status=Open | 400 | Unknown resolution status: Open
        /v1/dlq/task/abc | 400 | Invalid URL: task_uuid
        /v1/dlq/task/00000000-0000-4000-8000-000000000000 | 404 | DLQ entry not found for task 00000000
        /v1/analytics/performance?hours=721 | 400 | hours: 721
        /v1/analytics/performance?hours=-1 | 400 | Failed to deserialize query string: hours
        /v1/analytics/bottlenecks?limit=-1 | 400 | limit
        /v1/analytics/bottlenecks?limit=2147483648 | 400 | Failed to deserialize query string: limit
        /v1/analytics/bottlenecks?min_executions=2147483648 | 400 | Failed to deserialize query string: min_executions
        """)
    void refusalsOfReportsSayWhatIsWrong(String path, int status, String message) throws Exception {
        HttpResponse<String> answer = client.get(path);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(TestClient.json(answer).get("error").get("message").asString())
                .startsWith(message);
    }

    @Test
    void reportsHaveEveryFieldWhateverThereIs() throws Exception {
        JsonNode performance = client.read("/v1/analytics/performance?hours=0");
        Shapes.assertSame(performance, Vectors.read("PerformanceMetrics.json"));
        String template = scene.register();
        scene.create(template);
        try (HandDrivenWorker worker = scene.worker(template)) {
            worker.run("first");
            worker.run("second");
        }
        JsonNode bottlenecks = client.read("/v1/analytics/bottlenecks?limit=5000&min_executions=0");
        Shapes.assertSame(bottlenecks, Vectors.read("BottleneckAnalysis.json"));
        assertThat(bottlenecks.get("slow_steps").isEmpty()).isFalse();
        Shapes.assertSame(
                client.read("/v1/analytics/bottlenecks?min_executions=1000000"),
                Vectors.read("BottleneckAnalysis_empty.json"));
        JsonNode staleness = client.read("/v1/dlq/staleness?limit=5");
        Shapes.assertSame(staleness, Vectors.read("StalenessMonitoring_list.json"));
    }

    @Test
    void detailedHealthHasAllEightChecks() throws Exception {
        JsonNode detailed = client.read("/health/detailed");
        JsonNode vector = Vectors.read("DetailedHealthResponse.json");

        assertThat(detailed.propertyNames()).containsExactlyElementsOf(vector.propertyNames());
        Shapes.assertSame(detailed.get("checks"), vector.get("checks"));
        assertThat(detailed.get("status").asString()).isEqualTo("healthy");
        assertThat(client.read("/ready").get("status").asString()).isEqualTo("ready");
        assertThat(client.read("/live").get("status").asString()).isEqualTo("alive");
    }
}
