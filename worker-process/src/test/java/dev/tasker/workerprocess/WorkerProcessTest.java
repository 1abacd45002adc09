package dev.tasker.workerprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tasker.engine.TaskState;
import dev.tasker.server.StartupException;
import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.ConfigException;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.config.WorkerWebConfig;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.worker.event.SubscriberRegistry;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A worker with its listener beside a real server. */
@TestInstance(Lifecycle.PER_CLASS)
class WorkerProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Stage stage;

    @BeforeAll
    void open(@TempDir Path folder) {
        stage = new Stage(folder);
    }

    @AfterAll
    void close() {
        stage.close();
    }

    @BeforeEach
    void reset() {
        stage.reset();
    }

    private WorkerProcess ready(GrpcWorkSource source) {
        WorkerProcess worker = stage.worker(source, Stage.config());
        awaitStatus(worker, "/health/ready", 200);
        return worker;
    }

    private void awaitStatus(WorkerProcess worker, String path, int status) {
        await().atMost(PATIENCE).until(() -> stage.get(worker, path).statusCode(), code -> code == status);
    }

    private void run(String template) throws Exception {
        UUID task = stage.create(template, false);
        await().atMost(PATIENCE).until(() -> stage.state(task), state -> state == TaskState.COMPLETE);
    }

    @Test
    void everyReplyHasTheShapeOfItsSample() throws Exception {
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = ready(source)) {
            run("parcels");

            assertShape(worker, "/health", "WorkerBasicHealthResponse.json");
            assertShape(worker, "/health/live", "WorkerBasicHealthResponse.json");
            assertShape(worker, "/health/ready", "WorkerReadinessResponse.json");
            assertShape(worker, "/health/detailed", "WorkerDetailedHealthResponse.json");
            assertShape(worker, "/metrics/events", "DomainEventStats.json");
            assertShape(worker, "/config", "WorkerConfigResponse.json");
            assertShape(worker, "/v1/templates?include_cache_stats=true", "WorkerTemplateListResponse.json");
            assertShape(worker, "/metrics/worker", "WorkerMetricsResponse.json"); // of the same namespace as the sample
            HttpResponse<String> unknown = stage.get(worker, "/v1/templates/warehouse/parcel_sorting/9.9.9");
            assertThat(unknown.statusCode()).isEqualTo(404);
            JsonNode error = Vectors.JSON.readTree(unknown.body());
            JsonNode sample = Vectors.read("WorkerErrorResponse.json");
            Vectors.assertSameShape(error, sample);
            assertThat(error.get("message")).isEqualTo(sample.get("message"));
            JsonNode validation =
                    Vectors.JSON.readTree(stage.send(worker, "POST", "/v1/templates/warehouse/parcels/1.0.0/validate")
                            .body());
            Vectors.assertSameShape(validation, Vectors.read("WorkerTemplateValidationResponse.json"));
            assertThat(validation.get("valid").asBoolean()).isTrue();
        }
    }

    @Test
    void workerIsReadyWhenItsTemplatesAreRegistered() throws Exception {
        TaskTemplate own = TemplateParser.parse("own.yaml", """
            name: own
            namespace_name: warehouse
            version: "1.0.0"
            steps:
              - {name: sort, handler: {callable: belts.sort}}
            """).template();
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config(), List.of(own))) {
            awaitStatus(worker, "/health/ready", 200);

            run("own");
        }
    }

    @Test
    void templatesThatTheServerRefusesShowInTheWorkersHealth() throws Exception {
        TaskTemplate nameless = TemplateParser.parse("nameless.yaml", """
            name: nameless
            namespace_name: warehouse
            version: "1.0.0"
            steps:
              - {name: sort, handler: {callable: belts.sort}}
            """).template();
        TaskTemplate broken = new TaskTemplate(
                nameless.templateFormat(),
                "",
                nameless.namespace(),
                nameless.version(),
                nameless.description(),
                nameless.metadata(),
                nameless.systemDependencies(),
                nameless.domainEvents(),
                nameless.inputSchema(),
                nameless.inputValidation(),
                nameless.identityStrategy(),
                nameless.lifecycle(),
                nameless.defaultContext(),
                nameless.defaultOptions(),
                nameless.steps(),
                nameless.environments());
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config(), List.of(broken))) {
            awaitStatus(worker, "/health/ready", 200);

            JsonNode health =
                    Vectors.JSON.readTree(stage.get(worker, "/health/detailed").body());

            assertThat(health.at("/checks/step_processing/status").asString()).isEqualTo("degraded");
            assertThat(health.at("/checks/step_processing/message").asString())
                    .contains("1 of 1 templates were refused");
        }
    }

    private void assertShape(WorkerProcess worker, String path, String name) throws Exception {
        HttpResponse<String> reply = stage.get(worker, path);
        JsonNode sample = Vectors.read(name);
        assertThat(reply.statusCode()).as(path).isEqualTo(200);
        assertThat(reply.headers().firstValue("content-type")).hasValue("application/json");
        JsonNode body = Vectors.JSON.readTree(reply.body());
        Vectors.assertSameShape(body, sample);
        if (sample.has("worker_id")) {
            assertThat(body.get("worker_id").asString()).isEqualTo("worker-north-1");
        }
    }

    @Test
    void templateOfTheSampleComesBackWholeAndIsValidatedAgainstTheHandlers() throws Exception {
        JsonNode sample = Vectors.read("WorkerTemplateResponse.json");
        JsonNode document = sample.get("template").get("template");
        TaskTemplate template =
                TemplateParser.parse("sample.json", document.toString()).template();
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config(), List.of(template))) {
            JsonNode reply = stage.json(worker, "/v1/templates/warehouse/parcel_sorting/1.4.0");

            Vectors.assertSameShape(reply, sample);
            JsonNode served = reply.get("template").get("template");
            for (String key : document.propertyNames()) {
                assertThat(normal(served.get(key))).as(key).isEqualTo(normal(document.get(key)));
            }
            JsonNode validation = Vectors.JSON.readTree(
                    stage.send(worker, "POST", "/v1/templates/warehouse/parcel_sorting/1.4.0/validate")
                            .body());
            JsonNode expected = Vectors.read("WorkerTemplateValidationResponse.json");
            assertThat(validation.get("valid").asBoolean()).isFalse();
            assertThat(validation.get("errors").toString())
                    .contains(expected.get("errors").get(0).asString())
                    .doesNotContain("belts.sort'");
            assertThat(validation.get("step_handlers")).isEqualTo(expected.get("step_handlers"));
            assertThat(validation.get("required_capabilities")).isEqualTo(expected.get("required_capabilities"));
        }
    }

    /** Nothing but the keys of the sample; what ours has besides is additive. */
    private static JsonNode normal(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = Vectors.JSON.createObjectNode();
            object.properties().stream()
                    .filter(member -> !member.getKey().equals("backoff_base_ms")
                            && !member.getKey().equals("max_backoff_ms"))
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(member -> copy.set(member.getKey(), normal(member.getValue())));
            return copy;
        }
        if (node.isArray()) {
            var copy = Vectors.JSON.createArrayNode();
            node.forEach(item -> copy.add(normal(item)));
            return copy;
        }
        return node;
    }

    @Test
    void templatesAreFilteredAndTheirUseIsCounted() throws Exception {
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = ready(source)) {
            assertThat(stage.json(worker, "/v1/templates").get("cache_stats").isNull())
                    .isTrue();
            assertThat(stage.json(worker, "/v1/templates?namespace=billing")
                            .get("template_count")
                            .asLong())
                    .isZero();
            assertThat(stage.json(worker, "/v1/templates/warehouse/parcels/1.0.0")
                            .get("access_count")
                            .asLong())
                    .isEqualTo(1);
            assertThat(stage.json(worker, "/v1/templates/warehouse/parcels/1.0.0")
                            .get("access_count")
                            .asLong())
                    .isEqualTo(2);
            var _ = stage.get(worker, "/v1/templates/warehouse/none/1.0.0");
            JsonNode statistics = stage.json(worker, "/v1/templates?namespace=warehouse&include_cache_stats=true");
            assertThat(statistics.get("template_count").asLong()).isEqualTo(2);
            assertThat(statistics.get("cache_stats").get("cache_hits").asLong()).isEqualTo(2);
            assertThat(statistics.get("cache_stats").get("cache_misses").asLong())
                    .isEqualTo(1);
            assertThat(statistics.get("cache_stats").get("average_access_count").asDouble())
                    .isEqualTo(1.0);
        }
    }

    @Test
    void whatTheWorkerDidShowsInItsFigures() throws Exception {
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = ready(source)) {
            assertThat(stage.get(worker, "/metrics").body()).contains("tasker_worker_info{");
            assertThat(stage.json(worker, "/metrics/events")
                            .get("last_event_at")
                            .isNull())
                    .isTrue();
            Instant before = InstantSource.system().instant().minusMillis(1);
            run("parcels");

            await().atMost(PATIENCE)
                    .until(() -> stage.get(worker, "/metrics").body(), text -> text.contains("answers_total"));
            HttpResponse<String> reply = stage.get(worker, "/metrics");
            String scope = "otel_scope_name=\"tasker-worker\"";
            assertThat(reply.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
            assertThat(reply.body())
                    .contains("service_name=\"tasker-worker\"")
                    .contains("worker_id=\"worker-north-1\"")
                    .contains("worker_type=\"general\"")
                    .contains("tasker_worker_connected{" + scope + "} 1.0")
                    .contains("tasker_worker_slots{" + scope + "} 5.0")
                    .contains("tasker_steps_executions_total{" + scope + "} 1.0")
                    .contains("tasker_steps_successes_total{namespace=\"warehouse\"," + scope + "} 1.0")
                    .contains("tasker_steps_claimed_total{claim_method=\"event\",namespace=\"warehouse\"," + scope
                            + "} 1.0")
                    .contains("tasker_steps_results_submitted_total{" + scope + ",result_type=\"completion\"} 1.0")
                    .contains("tasker_step_execution_duration_milliseconds_bucket{namespace=\"warehouse\"," + scope
                            + ",result=\"success\",le=\"10000.0\"} 1")
                    .contains("tasker_domain_events_dispatched_total{delivery_mode=\"fast\","
                            + "event_name=\"parcel.sorted\",namespace=\"warehouse\"," + scope + "} 1.0")
                    .contains("tasker_domain_events_published_total{delivery_mode=\"durable\","
                            + "event_name=\"parcel.kept\",namespace=\"warehouse\"," + scope
                            + ",publisher=\"default\"} 1.0")
                    .contains("tasker_domain_event_publish_duration_milliseconds_count{delivery_mode=\"durable\","
                            + "namespace=\"warehouse\"," + scope + ",result=\"success\"} 1")
                    .contains("tasker_domain_event_publish_duration_milliseconds_count{delivery_mode=\"fast\","
                            + "namespace=\"warehouse\"," + scope + ",result=\"success\"} 1")
                    .contains("tasker_worker_channel_health{channel_name=\"database\",component=\"worker\"," + scope
                            + "} 0.0");
            assertThat(Instant.parse(stage.json(worker, "/metrics/events")
                            .get("last_event_at")
                            .asString()))
                    .isBetween(before, InstantSource.system().instant());
            JsonNode events = stage.json(worker, "/metrics/events").get("router");
            assertThat(events.get("total_routed").asLong()).isEqualTo(2);
            assertThat(events.get("durable_routed").asLong()).isEqualTo(1);
            assertThat(events.get("fast_routed").asLong()).isEqualTo(1);
        }
    }

    @Test
    void subscribersHearEventsAndAreCounted() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        SubscriberRegistry subscribers = new SubscriberRegistry();
        subscribers.register("parcel.*", event -> heard.add(event.eventName()));
        subscribers.register("parcel.sorted", _ -> {
            throw new IllegalStateException("does not like it");
        });
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config(), Stage.templates(), subscribers)) {
            awaitStatus(worker, "/health/ready", 200);
            run("parcels");

            assertThat(heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("parcel.sorted");
            await().atMost(PATIENCE)
                    .until(() -> bus(worker).get("handler_dispatches").asLong(), dispatches -> dispatches == 2);
            assertThat(bus(worker).get("rust_handler_dispatches").asLong()).isEqualTo(2);
            assertThat(bus(worker).get("rust_handler_errors").asLong()).isEqualTo(1);
            assertThat(bus(worker).get("rust_subscriber_patterns").asLong()).isEqualTo(2);
        }
    }

    private JsonNode bus(WorkerProcess worker) throws Exception {
        return stage.json(worker, "/metrics/events").get("in_process_bus");
    }

    @Test
    void workerWithoutAServerIsAliveAndNotReady() throws Exception {
        int unused;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = socket.getLocalPort();
        }
        try (GrpcWorkSource source = new GrpcWorkSource("127.0.0.1:" + unused, GrpcWorkSourceConfig.DEFAULT);
                WorkerProcess worker = stage.worker(source, Stage.config())) {
            HttpResponse<String> ready = stage.get(worker, "/health/ready");

            assertThat(ready.statusCode()).isEqualTo(503);
            JsonNode error = Vectors.JSON.readTree(ready.body());
            Vectors.assertSameShape(error, Vectors.read("WorkerErrorResponse.json"));
            assertThat(error.get("error").asString()).isEqualTo("service_unavailable");
            assertThat(error.get("message").asString())
                    .startsWith("Worker is not ready to process steps")
                    .contains("no session with the server");
            assertThat(stage.get(worker, "/health").statusCode()).isEqualTo(200);
            assertThat(stage.get(worker, "/health/live").statusCode()).isEqualTo(200);
            JsonNode detailed = stage.json(worker, "/health/detailed");
            assertThat(detailed.get("status").asString()).isEqualTo("degraded");
            assertThat(detailed.get("checks").get("event_system").get("status").asString())
                    .isEqualTo("degraded");
        }
    }

    @Test
    void readinessFallsWhenStuckHandlersHoldEverySlot() throws Exception {
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config().withSlots(1))) {
            awaitStatus(worker, "/health/ready", 200);
            UUID task = stage.create("stubborn", false);

            awaitStatus(worker, "/health/ready", 503); // the time limit and the grace have passed
            assertThat(stage.get(worker, "/health/ready").body()).contains("every slot is held by a handler");
            assertThat(stage.json(worker, "/health/detailed")
                            .get("checks")
                            .get("step_processing")
                            .get("status")
                            .asString())
                    .isEqualTo("unhealthy"); // one outcome, and it is a failure
            assertThat(stage.get(worker, "/metrics").body()).contains("tasker_worker_abandoned_handlers{");
            stage.openGate();
            awaitStatus(worker, "/health/ready", 200);
            await().atMost(PATIENCE).until(() -> stage.state(task), state -> state == TaskState.BLOCKED_BY_FAILURES);
        }
    }

    @Test
    void stoppingWorkerIsNotReadyAtOnceAndFinishesWhatRuns() throws Exception {
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = ready(source)) {
            UUID task = stage.create("parcels", true);
            assertThat(stage.awaitBegin()).isTrue();

            Thread stopping = Thread.ofVirtual().start(worker::close);
            awaitStatus(worker, "/health/ready", 503);
            assertThat(stage.get(worker, "/health/ready").body()).contains("status: Stopping");
            assertThat(stage.get(worker, "/health/live").statusCode()).isEqualTo(200);
            stage.openGate();

            assertThat(stopping.join(PATIENCE)).isTrue();
            await().atMost(PATIENCE).until(() -> stage.state(task), state -> state == TaskState.COMPLETE);
            assertThat(worker.restUrl()).isEmpty();
        }
    }

    @Test
    void handlerThatOutlastsTheDrainIsReportedAndItsStepWaitsForARetry() throws Exception {
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config().withDrainTimeout(Duration.ofMinutes(5)))) {
            awaitStatus(worker, "/health/ready", 200);
            UUID task = stage.create("parcels", true);
            assertThat(stage.awaitBegin()).isTrue();
            Thread stopping = Thread.ofVirtual().start(worker::close);
            awaitStatus(worker, "/health/ready", 503);

            worker.stopWaiting(); // as a second signal does

            assertThat(stopping.join(PATIENCE)).isTrue();
            await().atMost(PATIENCE).until(() -> stage.state(task), state -> state == TaskState.WAITING_FOR_RETRY);
        }
    }

    @Test
    void listenerAsksForCredentialsWhereItShould() throws Exception {
        String key = "it-is-a-secret";
        AuthConfig auth = new AuthConfig(
                true,
                false,
                true,
                true,
                new JwtConfig("tasker-worker", "worker-api", List.of("RS256"), "permissions", new JwtConfig.NoKey()),
                new ApiKeyConfig(
                        "X-API-Key",
                        List.of(new ApiKeyConfig.Key(
                                ApiKeyConfig.sha256(key),
                                false,
                                List.of("worker:templates_read", "worker:config_read"),
                                List.of(),
                                "probe",
                                null))));
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config().withAuth(auth))) {
            for (String open : List.of(
                    "/health",
                    "/health/live",
                    "/health/detailed",
                    "/metrics",
                    "/metrics/worker",
                    "/metrics/events",
                    "/api-docs/ui",
                    "/api-docs/openapi.json")) {
                assertThat(stage.get(worker, open).statusCode()).as(open).isEqualTo(200);
            }
            HttpResponse<String> nobody = stage.get(worker, "/v1/templates");
            assertThat(nobody.statusCode()).isEqualTo(401);
            assertThat(nobody.body())
                    .isEqualTo("{\"error\":{\"code\":\"AUTHENTICATION_FAILED\",\"message\":"
                            + "\"Missing authentication credentials\"}}");
            assertThat(nobody.headers().firstValue("x-auth-failure-reason")).hasValue("missing");
            assertThat(stage.get(worker, "/v1/templates", "X-API-Key", "wrong").statusCode())
                    .isEqualTo(401);
            assertThat(stage.get(worker, "/v1/templates", "X-API-Key", key).statusCode())
                    .isEqualTo(200);
            assertThat(stage.send(worker, "POST", "/v1/templates/a/b/1.0.0/validate", "X-API-Key", key)
                            .statusCode())
                    .isEqualTo(403);
            HttpResponse<String> config = stage.get(worker, "/config", "X-API-Key", key);
            assertThat(config.statusCode()).isEqualTo(200);
            assertThat(config.body())
                    .contains("\"api_key_count\":1", "\"jwt_issuer\":\"tasker-worker\"")
                    .doesNotContain(key, ApiKeyConfig.sha256(key), "probe");
            JsonNode openapi = stage.json(worker, "/api-docs/openapi.json");
            assertThat(openapi.get("info").get("title").asString()).isEqualTo("Tasker Worker API");
            assertThat(openapi.get("paths")
                            .get("/v1/templates/{namespace}/{name}/{version}/validate")
                            .get("post")
                            .get("x-required-permission")
                            .asString())
                    .isEqualTo("templates:validate");
        }
    }

    @Test
    void authenticationThatCannotWorkStopsTheStart() {
        AuthConfig auth =
                new AuthConfig(true, false, true, true, AuthConfig.DISABLED.jwt(), AuthConfig.DISABLED.apiKeys());
        try (GrpcWorkSource source = stage.source()) {
            assertThatThrownBy(() -> stage.worker(source, Stage.config().withAuth(auth)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("nothing can verify a credential");
        }
    }

    @Test
    void takenPortIsOneClearSentence() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                GrpcWorkSource source = stage.source()) {
            assertThatThrownBy(() -> stage.worker(source, Stage.config().withPort(taken.getLocalPort())))
                    .isInstanceOf(StartupException.class)
                    .hasMessage("The worker's REST cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + ": Address already in use (expected: an address of this machine with a port that nobody"
                            + " uses).");
        }
    }

    @Test
    void requestsOfOtherKindsAreAnsweredAsElsewhere() throws Exception {
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = ready(source)) {
            assertThat(stage.get(worker, "/v1/nothing").statusCode()).isEqualTo(404);
            HttpResponse<String> wrongMethod = stage.send(worker, "POST", "/health");
            assertThat(wrongMethod.statusCode()).isEqualTo(405);
            assertThat(wrongMethod.headers().firstValue("allow")).hasValue("GET, HEAD");
            assertThat(stage.send(worker, "HEAD", "/health").body()).isEmpty();
            assertThat(stage.get(worker, "/health", "x-request-id", "abc-1")
                            .headers()
                            .firstValue("x-request-id"))
                    .hasValue("abc-1");
            HttpResponse<String> preflight = stage.send(
                    worker,
                    "OPTIONS",
                    "/v1/templates",
                    "Origin",
                    "https://a.example",
                    "Access-Control-Request-Method",
                    "GET");
            assertThat(preflight.statusCode()).isEqualTo(200);
            assertThat(preflight
                            .headers()
                            .firstValue("access-control-allow-headers")
                            .orElseThrow())
                    .contains("Authorization");
        }
    }

    @Test
    void workerMayDoWithoutAListenerAndWithoutConfigRoute() throws Exception {
        WorkerWebConfig off = new WorkerWebConfig(false, BindAddress.loopback(0), true, null);
        WorkerWebConfig quiet = new WorkerWebConfig(true, BindAddress.loopback(0), false, null);
        try (GrpcWorkSource source = stage.source();
                WorkerProcess headless = stage.worker(source, Stage.config().withWeb(off));
                WorkerProcess worker = stage.worker(source, Stage.config().withWeb(quiet))) {
            assertThat(headless.restUrl()).isEmpty();
            assertThat(stage.get(worker, "/config").statusCode()).isEqualTo(404);
        }
    }
}
