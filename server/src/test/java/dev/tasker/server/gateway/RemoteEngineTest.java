package dev.tasker.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.server.security.Authenticator;
import dev.tasker.template.TemplateParser;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A remote worker on the engine itself. */
@ExtendWith(DatabaseExtension.class)
class RemoteEngineTest {
    private static final int TASKS = 40;
    private static final int SLOTS = 20;
    private static final String CHAIN = """
        name: chain
        namespace_name: test
        version: "1.0.0"
        steps:
          - name: one
            handler: {callable: quick}
          - name: two
            handler: {callable: slow}
            dependencies: [one]
          - name: three
            handler: {callable: quick}
            dependencies: [two]
        """;

    private final CountDownLatch finished = new CountDownLatch(TASKS);

    private Engine open(TestDatabase database) {
        Engine engine =
                Engine.open(database.dataSource(), database.dataSource(), EngineConfig.DEFAULT, (task, state) -> {
                    if (state == TaskState.COMPLETE) {
                        finished.countDown();
                    }
                });
        engine.register(TemplateParser.parse("chain.yaml", CHAIN).template());
        return engine;
    }

    private static GatewayServer serve(Engine engine, int port) {
        var gateway = new WorkerGateway(
                engine::openSession,
                engine::register,
                engine::namespaceOf,
                GatewayConfig.DEFAULT.withDrain(Duration.ZERO));
        return GatewayServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                Authenticator.DISABLED,
                null,
                gateway,
                List.of());
    }

    @Test
    void serverRestartDuringRunningHandlersLosesAndRepeatsNothing(TestDatabase database) throws Exception {
        var running = new CountDownLatch(SLOTS);
        var go = new CountDownLatch(1);
        HandlerRegistry handlers = HandlerRegistry.builder()
                .handler("quick", context -> StepResult.success(Map.of("quick", true)))
                .handler("slow", context -> {
                    running.countDown();
                    go.await();
                    return StepResult.success(Map.of("slow", true));
                })
                .build();
        var config = new GrpcWorkSourceConfig(
                Duration.ofSeconds(30), Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(30));
        Engine first = open(database);
        GatewayServer server = serve(first, 0);
        int port = server.port();
        List<UUID> tasks = new ArrayList<>();
        try (var source = new GrpcWorkSource("127.0.0.1:" + port, config);
                WorkerRuntime worker = WorkerRuntime.start(
                        source, handlers, WorkerConfig.defaults().withSlots(SLOTS))) {
            for (int i = 0; i < TASKS; i++) {
                tasks.add(first.create(TaskRequest.of("test", "chain", "1.0.0", "{\"n\":" + i + "}"))
                        .get(10, TimeUnit.SECONDS)
                        .taskUuid());
            }
            assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
            server.close();
            first.close();
            go.countDown();
            try (Engine second = open(database);
                    GatewayServer restarted = serve(second, port)) {
                assertThat(finished.await(30, TimeUnit.SECONDS)).isTrue();
                for (UUID task : tasks) {
                    assertThat(second.steps(task))
                            .hasSize(3)
                            .allMatch(step -> step.state() == StepState.COMPLETE && step.attempts() == 1);
                }
                worker.close();
            }
        }
    }
}
