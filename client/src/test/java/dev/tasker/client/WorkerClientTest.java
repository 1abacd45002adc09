package dev.tasker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.WorkerProcessConfig;
import dev.tasker.server.config.WorkerWebConfig;
import dev.tasker.template.TemplateParser;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.event.SubscriberRegistry;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import dev.tasker.workerprocess.WorkerProcess;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Every operation against a real worker of a real server, over every transport. */
@ParameterizedClass
@EnumSource(Transport.class)
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(60)
class WorkerClientTest {
    @Parameter
    Transport transport = Transport.REST;

    private Scene scene;
    private GrpcWorkSource source;
    private WorkerProcess worker;
    private WorkerClient client;

    @BeforeAll
    void start(@TempDir Path folder) {
        scene = Scene.start(Scene.config(folder));
        source = new GrpcWorkSource(
                "127.0.0.1:" + scene.server().grpcPort().orElseThrow(), GrpcWorkSourceConfig.DEFAULT);
        worker = WorkerProcess.start(
                WorkerProcessConfig.defaults(Environment.TEST)
                        .withWorkerId("north-1")
                        .withWeb(new WorkerWebConfig(true, BindAddress.loopback(0), true, null))
                        .withGrpcPort(0),
                source,
                HandlerRegistry.builder()
                        .handler(
                                new HandlerKey(Scene.NAMESPACE, "client.order.first"),
                                _ -> StepResult.success(Map.of()))
                        .build(),
                new PublisherRegistry(),
                new SubscriberRegistry(),
                List.of(TemplateParser.parse("order.yaml", Scene.template("order"))
                        .template()));
    }

    @BeforeEach
    void connect() {
        client = WorkerClient.of(
                switch (transport) {
                    case REST -> worker.restUrl().orElseThrow();
                    case GRPC ->
                        URI.create("grpc://127.0.0.1:" + worker.grpcPort().orElseThrow());
                });
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @AfterAll
    void stop() {
        worker.close();
        source.close();
        scene.close();
    }

    @Test
    void workerTellsHowItIs() throws Exception {
        WorkerReport report = client.detailed();

        assertThat(client.health().status()).isEqualTo("healthy");
        assertThat(client.live().status()).isEqualTo("alive");
        assertThat(report.workerId()).isEqualTo("north-1");
        assertThat(report.checks())
                .containsOnlyKeys(
                        "database",
                        "command_processor",
                        "queue_processing",
                        "event_system",
                        "step_processing",
                        "circuit_breakers");
        assertThat(report.systemInfo().environment()).isEqualTo("test");
        assertThat(report.systemInfo().supportedNamespaces()).contains(Scene.NAMESPACE);
    }

    @Test
    void workerTellsWhatItServes() throws Exception {
        WorkerTemplateList all = client.templates(null);
        WorkerTemplate order = client.template(Scene.NAMESPACE, "order", "1.0.0");
        JsonNode document = order.document();

        assertThat(all.templateCount()).isEqualTo(1);
        assertThat(all.cacheStats()).isNotNull();
        assertThat(client.templates("elsewhere").templateCount()).isZero();
        assertThat(order.name()).isEqualTo("order");
        assertThat(order.steps())
                .extracting(WorkerTemplate.TemplateStep::name, WorkerTemplate.TemplateStep::maxAttempts)
                .startsWith(org.assertj.core.groups.Tuple.tuple("first", 1));
        assertThat(document == null).isEqualTo(transport == Transport.GRPC);
        assertThatThrownBy(() -> client.template(Scene.NAMESPACE, "order", "9.9.9"))
                .isInstanceOf(TaskerException.NotFound.class)
                .hasMessageContaining("order/9.9.9");
    }

    @Test
    void workerTellsItsConfiguration() throws Exception {
        WorkerConfiguration configuration = client.configuration();

        assertThat(configuration.workerId()).isEqualTo("north-1");
        assertThat(configuration.auth().enabled()).isFalse();
        assertThat(configuration.messaging().queues()).isNotEmpty();
    }

    @Test
    void whatOnlyRestHasIsRefusedByTheOther() throws Exception {
        switch (transport) {
            case REST -> {
                WorkerTemplateValidation checked = client.validate(Scene.NAMESPACE, "order", "1.0.0");
                assertThat(checked.valid()).isFalse();
                assertThat(checked.errors()).anyMatch(error -> error.contains("client.order.second"));
                assertThat(client.metrics()).contains("tasker_worker_");
            }
            case GRPC -> {
                assertThatThrownBy(() -> client.validate(Scene.NAMESPACE, "order", "1.0.0"))
                        .isInstanceOf(TaskerException.Unsupported.class);
                assertThatThrownBy(() -> client.metrics()).isInstanceOf(TaskerException.Unsupported.class);
            }
        }
    }

    @Test
    void readinessIsAnAnswerOrARefusal() throws Exception {
        try (GrpcWorkSource nowhere = new GrpcWorkSource("127.0.0.1:1", GrpcWorkSourceConfig.DEFAULT);
                WorkerProcess lonely = WorkerProcess.start(
                        WorkerProcessConfig.defaults(Environment.TEST)
                                .withWeb(new WorkerWebConfig(true, BindAddress.loopback(0), true, null))
                                .withGrpcPort(0),
                        nowhere,
                        HandlerRegistry.builder().build(),
                        new PublisherRegistry(),
                        new SubscriberRegistry(),
                        List.of());
                WorkerClient other = WorkerClient.of(ClientConfig.of(
                                switch (transport) {
                                    case REST -> lonely.restUrl().orElseThrow();
                                    case GRPC ->
                                        URI.create("grpc://127.0.0.1:"
                                                + lonely.grpcPort().orElseThrow());
                                })
                        .withRetries(RetryPolicy.NEVER))) {
            assertThatThrownBy(other::ready)
                    .isInstanceOf(TaskerException.Unavailable.class)
                    .hasMessageStartingWith("Worker is not ready");
        }
    }
}
