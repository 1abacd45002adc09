package dev.tasker.server.gateway;

import static dev.tasker.server.gateway.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.protocol.worker.v1.Checkpoint;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Handler;
import dev.tasker.protocol.worker.v1.RegisterTemplatesRequest;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.server.gateway.FakeEngine.FakeSession;
import dev.tasker.server.gateway.FakeEngine.Report;
import dev.tasker.server.security.Access;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.Permission;
import dev.tasker.server.security.TestAuth;
import dev.tasker.server.security.TestKeys;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may open a session, and what it may then touch. */
class GatewayAuthTest {
    private static final String SUCCESS = "{\"success\":true,\"result\":{}}";
    private static final UUID IN_SHOP = UUID.randomUUID();
    private static final UUID ELSEWHERE = UUID.randomUUID();

    private final FakeEngine engine = new FakeEngine();
    private final List<AutoCloseable> open = new ArrayList<>();
    private volatile boolean databaseIsDown;
    private int port;

    @BeforeEach
    void start() {
        var gateway = new WorkerGateway(
                engine, template -> {}, this::namespaceOf, GatewayConfig.DEFAULT.withDrain(Duration.ZERO));
        Authenticator authenticator = Authenticator.open(
                TestAuth.config(TestAuth.key("worker-key", "worker:connect"), TestAuth.key("reader-key", "tasks:*")),
                InstantSource.system());
        GatewayServer server = GatewayServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), authenticator, null, gateway, List.of());
        open.add(server);
        port = server.port();
    }

    private Optional<String> namespaceOf(UUID stepUuid) {
        if (databaseIsDown) {
            throw new EngineException(ErrorCode.DATABASE_UNAVAILABLE, "gone");
        }
        return stepUuid.equals(IN_SHOP)
                ? Optional.of("shop")
                : stepUuid.equals(ELSEWHERE) ? Optional.of("bank") : Optional.empty();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    // --- the door

    @Test
    void streamWithoutAGoodCredentialEndsWithTheReason() throws Exception {
        refused(
                new Metadata(),
                Status.Code.UNAUTHENTICATED,
                "Authentication required. Provide Bearer token or API key.");
        for (Metadata bad : List.of(
                headers("authorization", "Bearer rubbish"),
                headers("authorization", "bearer " + TestKeys.token(expiredClaims())),
                headers("x-api-key", "other-key"),
                headers("authorization", "Bearer \u00fc"))) {
            refused(bad, Status.Code.UNAUTHENTICATED, "Invalid or expired credentials");
        }
        refused(
                headers("x-api-key", "reader-key"),
                Status.Code.PERMISSION_DENIED,
                "Insufficient permissions for this operation");
    }

    private void refused(Metadata headers, Status.Code code, String message) throws Exception {
        WireWorker worker = closing(new WireWorker(port, headers));
        assertThat(worker.ended().getCode()).isEqualTo(code);
        assertThat(worker.ended().getDescription()).isEqualTo(message);
    }

    @Test
    void templatesTakeAPermissionOfTheirOwn() {
        WireWorker channel = closing(new WireWorker(port));
        WorkerGatewayGrpc.WorkerGatewayBlockingStub stub = WorkerGatewayGrpc.newBlockingStub(channel.channel);

        assertThatThrownBy(() -> stub.withInterceptors(
                                MetadataUtils.newAttachHeadersInterceptor(headers("x-api-key", "worker-key")))
                        .registerTemplates(RegisterTemplatesRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("PERMISSION_DENIED");
        assertThat(stub.withInterceptors(
                                MetadataUtils.newAttachHeadersInterceptor(bearer(TestKeys.claims("templates:write"))))
                        .registerTemplates(RegisterTemplatesRequest.getDefaultInstance())
                        .getOutcomesCount())
                .isZero();
    }

    @Test
    void healthAndReflectionAreOpen() throws Exception {
        WireWorker channel = closing(new WireWorker(port));
        assertThat(HealthGrpc.newBlockingStub(channel.channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
        CompletableFuture<ServerReflectionResponse> listed = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> asking = ServerReflectionGrpc.newStub(channel.channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        listed.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        listed.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        asking.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(listed.get(20, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
                .anyMatch(service -> service.getName().equals("tasker.worker.v1.WorkerGateway"));
        asking.onCompleted();
    }

    @Test
    void serviceCannotBeServedWithoutSayingWhoMayCallIt() {
        var gateway = closing(new WorkerGateway(engine, template -> {}, this::namespaceOf, GatewayConfig.DEFAULT));
        Access access = Access.needs(Permission.WORKER_CONNECT);

        assertThatThrownBy(() -> GuardedService.of(gateway, Map.of("Session", access)))
                .hasMessageContaining("expected: for each of [")
                .hasMessageContaining("RegisterTemplates");
        assertThatThrownBy(() -> GuardedService.of(
                        gateway, Map.of("Session", access, "RegisterTemplates", access, "Other", access)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // --- namespaces

    @Test
    void sessionGetsTheNamespacesOfItsCredentialOnly() throws Exception {
        WireWorker worker = closing(new WireWorker(port, headers("x-api-key", "worker-key")));
        Registered registered = worker.register(WireWorker.registration()
                .clearHandlers()
                .addHandlers(handler("shop", "pay"))
                .addHandlers(handler("bank", "transfer"))
                .addHandlers(handler("bank", "pay")));

        assertThat(engine.session().request.handlers()).containsExactly(new HandlerKey("shop", "pay"));
        assertThat(registered.getAcceptedNamespacesList()).containsExactly("shop");
        assertThat(registered.getRejectedNamespacesList()).containsExactly("bank");
    }

    @Test
    void wildcardStandsForTheNamespacesOfTheCredential() throws Exception {
        WireWorker worker = closing(new WireWorker(port, headers("x-api-key", "worker-key")));
        Registered registered = worker.register(WireWorker.registration().addHandlers(handler("shop", "pay.handler")));

        assertThat(engine.session().request.handlers())
                .containsExactly(new HandlerKey("mail", "pay.handler"), new HandlerKey("shop", "pay.handler"));
        assertThat(registered.getAcceptedNamespacesList()).containsExactly("mail", "shop");
        assertThat(registered.getRejectedNamespacesList()).isEmpty();
    }

    @Test
    void credentialForAllNamespacesKeepsTheWildcard() throws Exception {
        Map<String, Object> claims = TestKeys.claims("worker:*");
        claims.put("worker_namespaces", List.of("*"));
        WireWorker worker = closing(new WireWorker(port, bearer(claims)));

        assertThat(worker.register(WireWorker.registration()).getAcceptedNamespacesList())
                .containsExactly("*");
        assertThat(engine.session().request.handlers()).containsExactly(new HandlerKey("*", "pay.handler"));
    }

    @Test
    void workerWithoutAnyOfItsNamespacesIsRefused() throws Exception {
        for (Metadata headers :
                List.of(headers("x-api-key", "worker-key"), bearer(TestKeys.claims("worker:connect")))) {
            WireWorker worker = closing(new WireWorker(port, headers));
            worker.send(WorkerMessage.newBuilder()
                    .setRegister(WireWorker.registration().clearHandlers().addHandlers(handler("bank", "transfer"))));

            assertThat(worker.ended().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(worker.ended().getDescription())
                    .isEqualTo("namespaces: [bank] (expected: those of the credential)");
        }
    }

    @Test
    void resultForAStepElsewhereIsRefusedAndNeverReachesTheEngine() throws Exception {
        WireWorker worker = registered("worker-key");
        FakeSession session = engine.session();

        worker.complete(step(ELSEWHERE, "{}"), SUCCESS);
        Completed.Outcome refused = worker.outcome();
        assertThat(refused.getStatus()).isEqualTo(Completed.Status.STALE_LEASE);
        assertThat(refused.getReason()).isEqualTo("the step is outside the namespaces of this credential");

        worker.complete(step(IN_SHOP, "{}"), SUCCESS);
        Report report = session.report();
        assertThat(report.stepUuid()).as("the first that arrives").isEqualTo(IN_SHOP);
        report.answer().complete(Completion.ACCEPTED);
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.ACCEPTED);

        Assignment unknown = step();
        worker.complete(unknown, SUCCESS);
        session.report().answer().complete(Completion.INVALID);
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.INVALID);
    }

    @Test
    void resultWaitsWhileItsNamespaceCannotBeFound() throws Exception {
        WireWorker worker = registered("worker-key");
        FakeSession session = engine.session();
        databaseIsDown = true;
        worker.complete(step(IN_SHOP, "{}"), SUCCESS);
        worker.heartbeat(); // its answer comes first: the result has none
        assertThat(worker.next().hasHeartbeatAck()).isTrue();

        databaseIsDown = false;
        Report report = null;
        for (int i = 0; report == null && i < 200; i++) {
            worker.complete(step(IN_SHOP, "{}"), SUCCESS); // as workers repeat what has no answer
            report = session.reports.poll(100, TimeUnit.MILLISECONDS);
        }
        assertThat(report).isNotNull();
    }

    @Test
    void checkpointOfAStepElsewhereIsRefused() throws Exception {
        WireWorker worker = registered("worker-key");
        FakeSession session = engine.session();
        worker.send(WorkerMessage.newBuilder().setCheckpoint(checkpoint(ELSEWHERE)));
        assertThat(worker.next().getCheckpointed().getStatus()).isEqualTo(Completed.Status.STALE_LEASE);

        worker.send(WorkerMessage.newBuilder().setCheckpoint(checkpoint(IN_SHOP)));
        assertThat(FakeEngine.take(session.checkpoints).stepUuid()).isEqualTo(IN_SHOP);
    }

    @Test
    void stepElsewhereCannotBeGivenBack() throws Exception {
        Assignment elsewhere = step(ELSEWHERE, "{}");
        Assignment inShop = step(IN_SHOP, "{}");
        WireWorker worker = closing(new WireWorker(port, headers("x-api-key", "worker-key")));
        worker.resume(UUID.randomUUID(), elsewhere, inShop); // as after the end of an earlier server
        FakeSession session = engine.session();

        worker.reject(elsewhere);
        worker.reject(inShop);

        assertThat(FakeEngine.take(session.returns).stepUuid()).isEqualTo(IN_SHOP);
        worker.heartbeat();
        assertThat(worker.next().hasHeartbeatAck()).isTrue();
        assertThat(session.returns).isEmpty();
    }

    @Test
    void worksWithLessAfterComingBackWithLess() throws Exception {
        Map<String, Object> all = TestKeys.claims("worker:connect");
        all.put("worker_namespaces", "*");
        WireWorker first = closing(new WireWorker(port, bearer(all)));
        first.register(WireWorker.registration());
        FakeSession before = engine.session();
        first.grant(2);
        FakeEngine.take(before.grants);
        Assignment shop = step();
        before.assign(shop);
        assertThat(first.next().getAssignments().getAssignmentsCount()).isEqualTo(1);

        Map<String, Object> mail = TestKeys.claims("worker:connect");
        mail.put("worker_namespaces", "mail");
        WireWorker second = closing(new WireWorker(port, bearer(mail)));
        Registered registered = second.resume(before.uuid(), shop);

        assertThat(registered.getLostList()).containsExactly(LeaseKey.of(shop).toWire());
        assertThat(FakeEngine.take(before.returns).stepUuid()).isEqualTo(shop.stepUuid());
        assertThat(first.ended().getCode()).isEqualTo(Status.Code.ABORTED);
    }

    private WireWorker registered(String key) throws InterruptedException {
        WireWorker worker = closing(new WireWorker(port, headers("x-api-key", key)));
        worker.register(WireWorker.registration());
        return worker;
    }

    private static Checkpoint checkpoint(UUID stepUuid) {
        return Checkpoint.newBuilder()
                .setStepUuid(LeaseKey.bytes(stepUuid))
                .setLeaseToken(1)
                .setCursorJson("1")
                .setKeepRunning(true)
                .build();
    }

    private static Handler handler(String namespace, String callable) {
        return Handler.newBuilder()
                .setNamespace(namespace)
                .setCallable(callable)
                .build();
    }

    private static Map<String, Object> expiredClaims() {
        Map<String, Object> claims = TestKeys.claims("worker:connect");
        claims.put("exp", 1_000_000_000);
        return claims;
    }

    private static Metadata bearer(Map<String, Object> claims) {
        return headers("authorization", "Bearer " + TestKeys.token(claims));
    }

    private static Metadata headers(String name, String value) {
        var headers = new Metadata();
        headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        return headers;
    }

    private <T extends AutoCloseable> T closing(T each) {
        open.add(each);
        return each;
    }
}
