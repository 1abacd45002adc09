package dev.tasker.server.gateway;

import static dev.tasker.server.gateway.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.gateway.FakeEngine.FakeSession;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.HandClock;
import dev.tasker.server.security.TestAuth;
import dev.tasker.server.security.TestKeys;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import dev.tasker.worker.remote.WorkerCredential;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams whose credential stops counting: they go on for a minute, then end, and their work waits for the next one (04 §9.6). */
class CredentialExpiryTest {
    private static final String SUCCESS = "{\"success\":true,\"result\":{}}";
    private static final Duration GOOD_FOR = Duration.ofMinutes(10);

    private final FakeEngine engine = new FakeEngine();
    private final HandClock clock = new HandClock();
    private GatewayServer server;

    @BeforeEach
    void start() {
        var gateway = new WorkerGateway(
                engine,
                template -> {},
                _ -> Optional.empty(),
                GatewayConfig.DEFAULT.withDrain(Duration.ZERO),
                CallLimits.NONE,
                clock);
        ApiKeyConfig.Key key = new ApiKeyConfig.Key(
                ApiKeyConfig.sha256("ending"),
                false,
                List.of("worker:connect"),
                List.of("shop"),
                "tester",
                clock.instant().plus(GOOD_FOR));
        server = GatewayServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Authenticator.open(TestAuth.config(key), clock),
                null,
                gateway,
                List.of());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Good for ten minutes from now. */
    private String token() {
        Map<String, Object> claims = TestKeys.claims("worker:connect");
        claims.put("worker_namespaces", List.of("shop"));
        claims.put("exp", clock.instant().plus(GOOD_FOR).getEpochSecond());
        return TestKeys.token(claims);
    }

    private static Metadata headers(String name, String value) {
        var headers = new Metadata();
        headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        return headers;
    }

    @Test
    void streamOfATokenEndsAMinuteAfterItAndIsResumedWithAnother() throws Exception {
        endsAMinuteAfter(headers("authorization", "Bearer " + token()));
    }

    @Test
    void streamOfAnApiKeyEndsAMinuteAfterIt() throws Exception {
        endsAMinuteAfter(headers("x-api-key", "ending"));
    }

    private void endsAMinuteAfter(Metadata credential) throws Exception {
        try (WireWorker worker = new WireWorker(server.port(), credential)) {
            worker.register(WireWorker.registration());
            FakeSession session = engine.session();
            worker.grant(2);
            FakeEngine.take(session.grants);
            Assignment first = step();
            Assignment held = step();
            session.assign(first, held);
            assertThat(worker.next().getAssignments().getAssignmentsCount()).isEqualTo(2);

            clock.advance(GOOD_FOR.plusSeconds(59));
            worker.complete(first, SUCCESS);
            session.report().answer().complete(Completion.ACCEPTED);
            assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.ACCEPTED);

            clock.advance(Duration.ofSeconds(1));
            assertThat(worker.ended().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(worker.ended().getDescription()).isEqualTo("Invalid or expired credentials");

            try (WireWorker again = new WireWorker(server.port(), headers("authorization", "Bearer " + token()))) {
                Registered resumed = again.resume(session.uuid(), held);
                assertThat(resumed.getLostList()).isEmpty();
                assertThat(session.closed.getCount()).as("its leases live").isEqualTo(1);
                again.complete(held, SUCCESS);
                assertThat(session.report().stepUuid()).isEqualTo(held.stepUuid());
            }
        }
    }

    @Test
    void workerComesBackWithTheNextToken() throws Exception {
        clock.advance(GOOD_FOR);
        String next = token();
        clock.advance(GOOD_FOR.negated());
        BlockingQueue<String> tokens = new LinkedBlockingQueue<>(List.of(token(), "rubbish", next));
        HandlerRegistry handlers = HandlerRegistry.builder()
                .handler("pay.handler", _ -> StepResult.success(Map.of()))
                .build();
        try (var source = new GrpcWorkSource(
                        "127.0.0.1:" + server.port(),
                        GrpcWorkSourceConfig.DEFAULT.withCredential(WorkerCredential.bearer(tokens::remove)));
                WorkerRuntime worker = WorkerRuntime.start(
                        source, handlers, WorkerConfig.defaults().withSlots(1))) {
            FakeSession before = engine.session();
            assertThat(FakeEngine.take(before.grants)).isEqualTo(1);
            clock.advance(GOOD_FOR.plusSeconds(61));

            FakeSession after = engine.session(); // past a token that is worth nothing
            assertThat(FakeEngine.take(after.grants)).isEqualTo(1);
            Assignment step = step();
            after.assign(step);
            FakeEngine.Report report = after.report();
            assertThat(report.stepUuid()).isEqualTo(step.stepUuid());
            report.answer().complete(Completion.ACCEPTED);
            assertThat(tokens).isEmpty();
            assertThat(worker.isConnected()).isTrue();
        }
    }
}
