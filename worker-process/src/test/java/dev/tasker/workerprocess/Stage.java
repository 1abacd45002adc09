package dev.tasker.workerprocess;

import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.config.WorkerProcessConfig;
import dev.tasker.server.config.WorkerWebConfig;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.event.SubscriberRegistry;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** A server, and workers of it whose handlers do what the test says. */
final class Stage implements AutoCloseable {
    static final String TEMPLATE = """
        name: parcels
        namespace_name: warehouse
        version: 1.0.0
        steps:
          - name: sort
            handler: {callable: belts.sort}
            timeout_seconds: 60
            publishes_events:
              - {name: parcel.sorted, description: d, schema: {type: object}, delivery_mode: fast}
              - {name: parcel.kept, description: d, schema: {type: object}}
        """;
    static final String STUBBORN = """
        name: stubborn
        namespace_name: warehouse
        version: 1.0.0
        steps:
          - name: hang
            handler: {callable: belts.hang, initialization: {timeout_ms: 100}}
            retry: {retryable: false, max_attempts: 1}
        """;

    private volatile CountDownLatch began = new CountDownLatch(1);
    private volatile CountDownLatch gate = new CountDownLatch(1);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final TaskerServer server;

    Stage(Path folder) {
        server = TaskerServer.start(ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0)));
        server.register("parcels.yaml", TEMPLATE);
        server.register("stubborn.yaml", STUBBORN);
    }

    /** Closes the gate for the next test. */
    void reset() {
        began = new CountDownLatch(1);
        gate = new CountDownLatch(1);
    }

    boolean awaitBegin() throws InterruptedException {
        return began.await(20, TimeUnit.SECONDS);
    }

    void openGate() {
        gate.countDown();
    }

    static WorkerProcessConfig config() {
        WorkerProcessConfig defaults = WorkerProcessConfig.defaults(Environment.TEST);
        return defaults.withWorkerId("worker-north-1")
                .withWeb(new WorkerWebConfig(true, BindAddress.loopback(0), true, null))
                .withGrpcPort(0);
    }

    static List<TaskTemplate> templates() {
        return List.of(
                TemplateParser.parse("parcels.yaml", TEMPLATE).template(),
                TemplateParser.parse("stubborn.yaml", STUBBORN).template());
    }

    /** Handlers that sort at once unless the context says wait, and one that ends only when the gate opens. */
    HandlerRegistry handlers() {
        return HandlerRegistry.builder()
                .handler(new HandlerKey("warehouse", "belts.sort"), context -> {
                    if (context.input("wait", Boolean.class)) {
                        began.countDown();
                        gate.await();
                    }
                    return StepResult.success(Map.of("sorted", 7));
                })
                .handler(new HandlerKey("warehouse", "belts.hang"), _ -> {
                    CountDownLatch opening = gate;
                    while (opening.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return StepResult.success(Map.of());
                })
                .build();
    }

    GrpcWorkSource source() {
        return new GrpcWorkSource("127.0.0.1:" + server.grpcPort().orElseThrow(), GrpcWorkSourceConfig.DEFAULT);
    }

    WorkerProcess worker(GrpcWorkSource source, WorkerProcessConfig config) {
        return worker(source, config, templates());
    }

    WorkerProcess worker(GrpcWorkSource source, WorkerProcessConfig config, Collection<TaskTemplate> templates) {
        return worker(source, config, templates, new SubscriberRegistry());
    }

    WorkerProcess worker(
            GrpcWorkSource source,
            WorkerProcessConfig config,
            Collection<TaskTemplate> templates,
            SubscriberRegistry subscribers) {
        return WorkerProcess.start(config, source, handlers(), new PublisherRegistry(), subscribers, templates);
    }

    UUID create(String name, boolean wait) throws Exception {
        return server.engine()
                .create(TaskRequest.of(
                        "warehouse", name, "1.0.0", "{\"wait\":" + wait + ",\"run\":\"" + UUID.randomUUID() + "\"}"))
                .get(10, TimeUnit.SECONDS)
                .taskUuid();
    }

    TaskState state(UUID task) {
        return server.engine().task(task).orElseThrow().state();
    }

    HttpResponse<String> get(WorkerProcess worker, String path, String... headers)
            throws IOException, InterruptedException {
        return send(worker, "GET", path, headers);
    }

    HttpResponse<String> send(WorkerProcess worker, String method, String path, String... headers)
            throws IOException, InterruptedException {
        URI base = worker.restUrl().orElseThrow();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(path)).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    JsonNode json(WorkerProcess worker, String path) throws IOException, InterruptedException {
        return Vectors.JSON.readTree(get(worker, path).body());
    }

    @Override
    public void close() {
        server.close();
        http.close();
    }
}
