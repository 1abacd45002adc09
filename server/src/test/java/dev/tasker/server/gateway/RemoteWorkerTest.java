package dev.tasker.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.server.gateway.FakeEngine.FakeSession;
import dev.tasker.server.gateway.FakeEngine.Report;
import dev.tasker.server.security.Authenticator;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The worker SDK against the gateway, over loopback. */
class RemoteWorkerTest {
    private static final GrpcWorkSourceConfig QUICK = new GrpcWorkSourceConfig(
            Duration.ofSeconds(30), Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(30));

    private final FakeEngine engine = new FakeEngine();

    private GatewayServer start(int port) {
        var gateway = new WorkerGateway(
                engine, template -> {}, _ -> Optional.empty(), GatewayConfig.DEFAULT.withDrain(Duration.ZERO));
        return GatewayServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                Authenticator.DISABLED,
                null,
                gateway,
                List.of());
    }

    private static WorkerRuntime work(GrpcWorkSource source, HandlerRegistry handlers) {
        return WorkerRuntime.start(source, handlers, WorkerConfig.defaults().withSlots(10));
    }

    @Test
    void stepsRunAndTheirResultsArrive() throws Exception {
        HandlerRegistry handlers = HandlerRegistry.builder()
                .handler("pay.handler", context -> StepResult.success(Map.of("ok", true)))
                .build();
        try (GatewayServer server = start(0);
                var source = new GrpcWorkSource("127.0.0.1:" + server.port(), QUICK);
                WorkerRuntime worker = work(source, handlers)) {
            FakeSession session = engine.session();
            assertThat(FakeEngine.take(session.grants)).isEqualTo(10);
            List<Assignment> steps = Stream.generate(Steps::step).limit(10).toList();
            session.listener.assigned(steps);
            for (int i = 0; i < steps.size(); i++) {
                Report report = session.report();
                assertThat(report.result().success()).isTrue();
                assertThat(report.result().document()).contains("\"result\":{\"ok\":true}");
                report.answer().complete(Completion.ACCEPTED);
            }
            assertThat(session.grants).as("completing returns the slot").isEmpty();
        }
    }

    @Test
    void handlersOutliveTheServerAndTheirResultsReachItsSuccessor() throws Exception {
        var started = new CountDownLatch(2);
        var finish = new CountDownLatch(1);
        HandlerRegistry handlers = HandlerRegistry.builder()
                .handler("pay.handler", context -> {
                    started.countDown();
                    finish.await();
                    return StepResult.success(Map.of());
                })
                .build();
        GatewayServer first = start(0);
        int port = first.port();
        try (var source = new GrpcWorkSource("127.0.0.1:" + port, QUICK);
                WorkerRuntime worker = work(source, handlers)) {
            FakeSession before = engine.session();
            FakeEngine.take(before.grants);
            Assignment one = Steps.step();
            Assignment two = Steps.step();
            before.assign(one, two);
            assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
            first.close();
            finish.countDown();
            try (GatewayServer second = start(port)) {
                FakeSession after = engine.session();
                Map<UUID, Completion> judged = new HashMap<>();
                for (int i = 0; i < 2; i++) {
                    Report report = after.report();
                    assertThat(report.assignment())
                            .as("known by its lease only")
                            .isNull();
                    Completion completion = judged.isEmpty() ? Completion.ACCEPTED : Completion.STALE_LEASE;
                    judged.put(report.stepUuid(), completion);
                    report.answer().complete(completion);
                }
                assertThat(judged).containsOnlyKeys(one.stepUuid(), two.stepUuid());
                int granted = 0;
                while (granted < 10) {
                    granted += FakeEngine.take(after.grants);
                }
                assertThat(granted).isEqualTo(10);
                worker.close();
                assertThat(after.awaitClosed()).isTrue();
            }
        }
    }
}
