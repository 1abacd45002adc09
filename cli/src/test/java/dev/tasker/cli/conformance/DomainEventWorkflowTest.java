package dev.tasker.cli.conformance;

import static dev.tasker.cli.conformance.Expectations.uuid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.DomainEventBatch;
import dev.tasker.examples.ConformanceHandlers;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.config.WorkerProcessConfig;
import dev.tasker.server.config.WorkerWebConfig;
import dev.tasker.template.TemplateParser;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.event.SubscriberRegistry;
import dev.tasker.worker.remote.RemoteWorkSource;
import dev.tasker.workerprocess.WorkerProcess;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The workflow whose steps declare events (09 §6): what its worker counts, and what is kept. */
class DomainEventWorkflowTest {
    private static final String TEMPLATE = "domain_event_publishing.yaml";
    private static final String NAMESPACE = "domain_events_rust";
    private static final int TASKS = 20;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = "IN_PROCESS", mode = Mode.EXCLUDE) // a worker process is not in the server's
    void eventsOfATaskAreCountedWhenItIsSeenComplete(Transport transport) throws Exception {
        String yaml = ConformanceTemplates.yaml(TEMPLATE);
        try (TaskerServer server = TaskerServer.start(ServerConfig.defaults(Environment.TEST)
                        .withEmbeddedDatabase(folder.resolve(transport.name()), false)
                        .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0)));
                RemoteWorkSource source = (RemoteWorkSource) transport.workOf(server);
                WorkerProcess worker = WorkerProcess.start(
                        WorkerProcessConfig.defaults(Environment.TEST)
                                .withWorkerId("events-1")
                                .withWeb(new WorkerWebConfig(true, BindAddress.loopback(0), true, null))
                                .withGrpcPort(0),
                        source,
                        ConformanceHandlers.registry(),
                        new PublisherRegistry(),
                        new SubscriberRegistry(),
                        List.of(TemplateParser.parse(TEMPLATE, yaml).template()));
                TaskApi api = new TaskApi(server.restUrl().orElseThrow());
                TaskApi figures = new TaskApi(worker.restUrl().orElseThrow())) {
            server.register(TEMPLATE, yaml);

            for (int done = 1; done <= TASKS; done++) {
                JsonNode task = api.resting(create(api, ""));
                JsonNode events = figures.get("/metrics/events");
                new Expectations(api).assertComplete(task, 4);
                assertCounted(events, 4 * done, done, 3 * done);
            }
            List<String> together = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                together.add(create(api, ""));
            }
            together.forEach(api::resting);
            assertCounted(figures.get("/metrics/events"), 8 * TASKS, 2 * TASKS, 6 * TASKS);

            JsonNode declined = api.resting(create(api, ", \"simulate_failure\": true"));
            JsonNode events = figures.get("/metrics/events");
            assertThat(declined.get("status").asString()).isEqualTo("blocked_by_failures");
            Expectations.assertFailed(api.steps(uuid(declined)).get(1), 1, "PAYMENT_DECLINED", "PaymentError", true);
            assertCounted(events, 8 * TASKS + 2, 2 * TASKS + 1, 6 * TASKS + 1);

            List<DomainEventBatch.Entry> kept = server.engine().domainEvents().after(NAMESPACE, null, 100);
            assertThat(kept).hasSize(2 * TASKS + 1);
            assertThat(kept.subList(0, 2 * TASKS))
                    .allSatisfy(entry -> assertThat(entry.event().eventName()).isEqualTo("payment.processed"));
            JsonNode failed =
                    JsonMapper.shared().readTree(kept.getLast().event().message());
            assertThat(kept.getLast().event().eventName()).isEqualTo("payment.failed");
            assertThat(failed.toString()).contains("\"error_code\":\"PAYMENT_DECLINED\"");
        }
    }

    private static String create(TaskApi api, String more) throws Exception {
        String order =
                "{\"order_id\": \"7b0f6f3e-64ab-4a09-9f3c-1a2b3c4d5e6f\", \"customer_id\": \"C-7\", \"amount\": 12.5"
                        + more + "}";
        return api.create(NAMESPACE, "domain_event_publishing", order)
                .get("task_uuid")
                .asString();
    }

    private static void assertCounted(JsonNode events, int total, int durable, int fast) {
        JsonNode router = events.get("router");
        assertThat(router.get("total_routed").asInt()).as(events.toString()).isEqualTo(total);
        assertThat(router.get("durable_routed").asInt()).isEqualTo(durable);
        assertThat(router.get("fast_routed").asInt()).isEqualTo(fast);
        assertThat(router.get("routing_errors").asInt()).isZero();
        assertThat(router.get("fast_delivery_errors").asInt()).isZero();
        assertThat(events.at("/in_process_bus/total_events_dispatched").asInt()).isEqualTo(fast);
        assertThat(Instant.parse(events.get("captured_at").asString())).isNotNull();
        assertThat(events.get("worker_id").asString()).isEqualTo("events-1");
    }
}
