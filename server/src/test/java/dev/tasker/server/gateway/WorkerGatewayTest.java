package dev.tasker.server.gateway;

import static dev.tasker.server.gateway.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.DeclaredEvent;
import dev.tasker.protocol.worker.v1.Draining;
import dev.tasker.protocol.worker.v1.Handler;
import dev.tasker.protocol.worker.v1.Ping;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.RegisterTemplatesRequest;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.Results;
import dev.tasker.protocol.worker.v1.Resume;
import dev.tasker.protocol.worker.v1.ServerMessage;
import dev.tasker.protocol.worker.v1.TemplateOutcome;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.server.gateway.FakeEngine.FakeSession;
import dev.tasker.server.gateway.FakeEngine.Report;
import dev.tasker.server.security.Authenticator;
import dev.tasker.template.DeliveryMode;
import dev.tasker.template.EventCondition;
import dev.tasker.template.PublishedEvent;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.BooleanNode;

class WorkerGatewayTest {
    private static final String SUCCESS = "{\"success\":true,\"result\":{\"a\":1}}";

    private final FakeEngine engine = new FakeEngine();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private GatewayServer start(GatewayConfig config) {
        var gateway = new WorkerGateway(engine, template -> {}, _ -> Optional.empty(), config);
        var server = GatewayServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Authenticator.DISABLED,
                null,
                gateway,
                List.of());
        open.add(server);
        return server;
    }

    private int port() {
        return start(GatewayConfig.DEFAULT.withDrain(Duration.ZERO)).port();
    }

    private <T extends AutoCloseable> T closing(T worker) {
        open.add(worker);
        return worker;
    }

    private WireWorker worker(int port) throws InterruptedException {
        return closing(WireWorker.registered(port));
    }

    // --- registration

    @Test
    void registrationOpensASessionAndTellsItsTerms() throws Exception {
        var worker = closing(new WireWorker(port()));
        Registered registered = worker.register(WireWorker.registration());
        FakeSession session = engine.session();
        assertThat(LeaseKey.uuid(registered.getSessionId())).isEqualTo(session.uuid());
        assertThat(registered.getLeaseDurationMs()).isEqualTo(30_000);
        assertThat(registered.getHeartbeatIntervalMs()).isEqualTo(10_000);
        assertThat(registered.getMaxInflight()).isEqualTo(10);
        assertThat(registered.getLimits().getResultBytesMax()).isEqualTo(4 << 20);
        assertThat(registered.getLimits().getAssignmentBytesMax()).isEqualTo(8 << 20);
        assertThat(session.request.workerName()).isEqualTo("test");
        assertThat(session.request.selfRenewing()).isFalse();
        assertThat(session.request.handlers()).containsExactly(new HandlerKey("*", "pay.handler"));
        assertThat(session.grants).isEmpty();
    }

    static Stream<Arguments> badRegistrations() {
        Register good = WireWorker.registration().build();
        Handler handler = good.getHandlers(0);
        return Stream.of(
                Arguments.of(
                        good.toBuilder().setProtocolVersion(7),
                        Status.Code.FAILED_PRECONDITION,
                        "protocol_version: 7 (expected: 1)"),
                Arguments.of(good.toBuilder().setWorkerName(" "), Status.Code.INVALID_ARGUMENT, "worker_name"),
                Arguments.of(
                        good.toBuilder().setInstanceId(ByteString.copyFromUtf8("x")),
                        Status.Code.INVALID_ARGUMENT,
                        "instance_id: 1 bytes"),
                Arguments.of(good.toBuilder().clearHandlers(), Status.Code.INVALID_ARGUMENT, "handlers: 0"),
                Arguments.of(
                        good.toBuilder().addHandlers(handler.toBuilder().setCallable("")),
                        Status.Code.INVALID_ARGUMENT,
                        "handlers: '*' / ''"),
                Arguments.of(
                        good.toBuilder().addAllHandlers(Collections.nCopies(1_000, handler)),
                        Status.Code.INVALID_ARGUMENT,
                        "handlers: 1001 (expected: 1 to 1000)"),
                Arguments.of(good.toBuilder().setMaxInflight(0), Status.Code.INVALID_ARGUMENT, "max_inflight: 0"),
                Arguments.of(
                        good.toBuilder().setMaxInflight(10_001), Status.Code.INVALID_ARGUMENT, "max_inflight: 10001"),
                Arguments.of(
                        good.toBuilder().setResume(Resume.newBuilder().setSessionId(ByteString.EMPTY)),
                        Status.Code.INVALID_ARGUMENT,
                        "resume.session_id: 0 bytes"),
                Arguments.of(
                        good.toBuilder()
                                .setResume(Resume.newBuilder()
                                        .setSessionId(good.getInstanceId())
                                        .addActiveLeases(LeaseKey.of(step()).toWire().toBuilder()
                                                .setLeaseToken(-1))),
                        Status.Code.INVALID_ARGUMENT,
                        "resume.active_leases: lease_token: -1"));
    }

    @ParameterizedTest
    @MethodSource("badRegistrations")
    void badRegistrationIsRefusedWithItsReason(Register.Builder register, Status.Code code, String reason)
            throws Exception {
        var worker = closing(new WireWorker(port()));
        worker.send(WorkerMessage.newBuilder().setRegister(register));
        assertThat(worker.ended().getCode()).isEqualTo(code);
        assertThat(worker.ended().getDescription()).contains(reason);
    }

    @Test
    void firstMessageMustBeRegister() throws Exception {
        var worker = closing(new WireWorker(port()));
        worker.grant(1);
        assertThat(worker.ended().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(worker.ended().getDescription()).isEqualTo("first message: CREDIT (expected: REGISTER)");
    }

    @Test
    void secondRegisterEndsTheStream() throws Exception {
        var worker = worker(port());
        worker.send(WorkerMessage.newBuilder().setRegister(WireWorker.registration()));
        assertThat(worker.ended().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(engine.session().awaitClosed()).isTrue();
    }

    @Test
    void moreSessionsThanAllowedAreRefused() throws Exception {
        int port = start(new GatewayConfig(LeaseConfig.DEFAULT, 1, 10, Duration.ZERO))
                .port();
        worker(port);
        engine.session();
        var second = closing(new WireWorker(port));
        second.send(WorkerMessage.newBuilder().setRegister(WireWorker.registration()));
        assertThat(second.ended().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(engine.session().awaitClosed()).isTrue();
    }

    @Test
    void engineThatCannotOpenASessionIsReportedByItsCode() throws Exception {
        engine.refusal = new EngineException(ErrorCode.DATABASE_UNAVAILABLE, "no database");
        var worker = closing(new WireWorker(port()));
        worker.send(WorkerMessage.newBuilder().setRegister(WireWorker.registration()));
        assertThat(worker.ended().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(worker.ended().getDescription()).isEqualTo("no database");
    }

    // --- work

    @Test
    void creditBecomesSlots() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        worker.grant(3);
        worker.grant(7);
        assertThat(FakeEngine.take(session.grants)).isEqualTo(3);
        assertThat(FakeEngine.take(session.grants)).isEqualTo(7);
    }

    @Test
    void creditBeyondWhatWasRegisteredEndsTheStream() throws Exception {
        var worker = worker(port());
        worker.grant(10);
        worker.grant(1);
        assertThat(worker.ended().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void completedStepReturnsItsSlotAndNothingElseDoes() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        worker.grant(10);
        FakeEngine.take(session.grants);
        for (int i = 0; i < 100; i++) {
            Assignment step = step();
            session.assign(step);
            worker.next();
            worker.complete(step, SUCCESS);
            session.report().answer().complete(Completion.ACCEPTED);
            worker.outcome();
        }
        worker.grant(1);
        assertThat(worker.ended().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void assignmentCarriesAllTheEngineGives() throws Exception {
        var worker = worker(port());
        var full = new Assignment(
                UUID.randomUUID(),
                UUID.randomUUID(),
                5,
                2,
                4,
                Duration.ofMillis(1500),
                new Assignment.TaskPart(
                        "shop",
                        "order",
                        "1.2.3",
                        "{\"c\":\"ü\\u0000\"}",
                        -7,
                        UUID.randomUUID(),
                        UUID.randomUUID(),
                        "me",
                        "web",
                        "why",
                        "[\"t\"]"),
                new Assignment.StepPart(
                        "pay_1",
                        "pay",
                        "pay.handler",
                        "refund",
                        "ruby",
                        "{\"i\":1}",
                        "{\"n\":1}",
                        "{\"p\":1}",
                        "{\"k\":1}",
                        List.of(new PublishedEvent(
                                "order.paid",
                                "d",
                                EventCondition.ALWAYS,
                                BooleanNode.TRUE,
                                DeliveryMode.FAST,
                                "Mine",
                                Map.of()))),
                Map.of("first", "{\"success\":true}", "second", "{}"));
        engine.session().assign(full, step());
        ServerMessage message = worker.next();
        assertThat(message.getAssignments().getAssignmentsCount()).isEqualTo(2);
        Assign assign = message.getAssignments().getAssignments(0);
        assertThat(LeaseKey.uuid(assign.getTaskUuid())).isEqualTo(full.taskUuid());
        assertThat(LeaseKey.uuid(assign.getStepUuid())).isEqualTo(full.stepUuid());
        assertThat(assign.getLeaseToken()).isEqualTo(5);
        assertThat(assign.getAttempt()).isEqualTo(2);
        assertThat(assign.getMaxAttempts()).isEqualTo(4);
        assertThat(assign.getTimeoutMs()).isEqualTo(1500);
        assertThat(assign.getLeaseExpiresInMs()).isEqualTo(30_000);
        assertThat(assign.getTask().getContextJson()).isEqualTo(full.task().context());
        assertThat(assign.getTask().getPriority()).isEqualTo(-7);
        assertThat(LeaseKey.uuid(assign.getTask().getParentCorrelationId()))
                .isEqualTo(full.task().parentCorrelationId());
        assertThat(assign.getTask().getTagsJson()).isEqualTo("[\"t\"]");
        assertThat(assign.getStep().getName()).isEqualTo("pay_1");
        assertThat(assign.getStep().getTemplateStepName()).isEqualTo("pay");
        assertThat(assign.getStep().getMethod()).isEqualTo("refund");
        assertThat(assign.getStep().getResolver()).isEqualTo("ruby");
        assertThat(assign.getStep().getInitializationJson()).isEqualTo("{\"i\":1}");
        assertThat(assign.getStep().getInputsJson()).isEqualTo("{\"n\":1}");
        assertThat(assign.getStep().getPreviousResultJson()).isEqualTo("{\"p\":1}");
        assertThat(assign.getStep().getCheckpointJson()).isEqualTo("{\"k\":1}");
        assertThat(assign.getStep().getPublishedEventsList())
                .containsExactly(DeclaredEvent.newBuilder()
                        .setName("order.paid")
                        .setCondition("always")
                        .setDeliveryMode("fast")
                        .setPublisher("Mine")
                        .build());
        assertThat(assign.getDependencyResultsMap()).isEqualTo(full.dependencyResults());
        Assign bare = message.getAssignments().getAssignments(1);
        assertThat(bare.getTimeoutMs()).isEqualTo(-1);
        assertThat(bare.getStep().hasMethod()).isFalse();
        assertThat(bare.getStep().hasInputsJson()).isFalse();
        assertThat(bare.getTask().hasTagsJson()).isFalse();
        assertThat(bare.getTask().getParentCorrelationId().isEmpty()).isTrue();
    }

    @Test
    void resultsOfOneMessageAreHandedOnInOrderAndAllAnswered() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        List<Assignment> steps = Stream.generate(Steps::step).limit(100).toList();
        session.listener.assigned(steps);
        worker.next();
        Results.Builder results = Results.newBuilder();
        steps.forEach(step -> results.addResults(WireWorker.result(step, SUCCESS)));
        worker.send(WorkerMessage.newBuilder().setResults(results));
        for (Assignment step : steps) {
            Report report = session.report();
            assertThat(report.assignment()).isSameAs(step);
            assertThat(report.result().document()).isEqualTo(SUCCESS);
            report.answer().complete(Completion.ACCEPTED);
        }
        List<UUID> answered = new ArrayList<>();
        while (answered.size() < steps.size()) {
            for (Completed.Outcome outcome : worker.next().getCompleted().getOutcomesList()) {
                assertThat(outcome.getStatus()).isEqualTo(Completed.Status.ACCEPTED);
                answered.add(LeaseKey.uuid(outcome.getStepUuid()));
            }
        }
        assertThat(answered)
                .containsExactlyElementsOf(
                        steps.stream().map(Assignment::stepUuid).toList());
    }

    @Test
    void everyCompletionHasItsStatus() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        for (Completion completion : Completion.values()) {
            Assignment step = step();
            session.assign(step);
            worker.next();
            worker.complete(step, SUCCESS);
            session.report().answer().complete(completion);
            assertThat(worker.outcome().getStatus().name()).isEqualTo(completion.name());
        }
    }

    @Test
    void malformedResultIsInvalidAndTheSessionStaysHealthy() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment step = step();
        session.assign(step);
        worker.next();
        worker.complete(step, "{\"success\":tru");
        Completed.Outcome refused = worker.outcome();
        assertThat(refused.getStatus()).isEqualTo(Completed.Status.INVALID);
        assertThat(refused.getReason()).startsWith("document: not JSON");
        worker.complete(step, SUCCESS);
        Report report = session.report();
        assertThat(report.assignment()).isSameAs(step);
        report.answer().complete(Completion.ACCEPTED);
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.ACCEPTED);
    }

    @Test
    void oversizedResultIsInvalid() throws Exception {
        var worker = worker(port());
        worker.complete(step(), "\"" + "x".repeat(4 << 20) + "\"");
        assertThat(worker.outcome().getReason()).isEqualTo("document: 4194306 bytes (expected: <= 4194304)");
    }

    @Test
    void malformedLeaseIsInvalid() throws Exception {
        var worker = worker(port());
        Complete good = WireWorker.result(step(), SUCCESS);
        worker.send(WorkerMessage.newBuilder()
                .setResults(Results.newBuilder()
                        .addResults(good.toBuilder().setStepUuid(ByteString.copyFromUtf8("short")))
                        .addResults(good.toBuilder().setLeaseToken(1L << 40))));
        List<String> reasons = new ArrayList<>();
        while (reasons.size() < 2) {
            worker.next().getCompleted().getOutcomesList().forEach(outcome -> reasons.add(outcome.getReason()));
        }
        assertThat(reasons)
                .containsExactly(
                        "step_uuid: 5 bytes (expected: 16)", "lease_token: 1099511627776 (expected: 0 to 2147483647)");
    }

    @Test
    void resultTheEngineCannotTakeNowIsHandedOnAgain() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment step = step();
        session.assign(step);
        worker.next();
        worker.complete(step, SUCCESS);
        session.report().answer().completeExceptionally(new EngineException(ErrorCode.OVERLOADED, "full"));
        session.report().answer().completeExceptionally(new EngineException(ErrorCode.DATABASE_UNAVAILABLE, "gone"));
        worker.complete(step, SUCCESS); // the worker's own repetition does not become a second call
        session.report().answer().complete(Completion.ACCEPTED);
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.ACCEPTED);
        assertThat(session.reports).isEmpty();
    }

    @Test
    void resultTheEngineKeepsFailingAtIsRefused() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        worker.complete(step(), SUCCESS);
        for (int i = 0; i <= Redelivery.FAILURES_MAX; i++) {
            session.report().answer().completeExceptionally(new IllegalStateException("bug"));
        }
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.INVALID);
    }

    @Test
    void resultTheEngineRefusesIsInvalidAtOnce() throws Exception {
        var worker = worker(port());
        worker.complete(step(), SUCCESS);
        engine.session().report().answer().completeExceptionally(new EngineException(ErrorCode.INVALID_REQUEST, "no"));
        Completed.Outcome outcome = worker.outcome();
        assertThat(outcome.getStatus()).isEqualTo(Completed.Status.INVALID);
        assertThat(outcome.getReason()).isEqualTo("no");
    }

    @Test
    void stepNoMessageCanCarryFailsForGood() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment huge = step(UUID.randomUUID(), "\"" + "x".repeat(8 << 20) + "\"");
        session.assign(huge);
        Report report = session.report();
        assertThat(report.assignment()).isSameAs(huge);
        assertThat(report.result().success()).isFalse();
        assertThat(report.result().retryable()).isFalse();
        assertThat(report.result().document()).contains("assignment_too_large");
        report.answer().complete(Completion.ACCEPTED);
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.ACCEPTED); // a lease the worker never had
    }

    @Test
    void pingIsAnswered() throws Exception {
        var worker = worker(port());
        worker.send(WorkerMessage.newBuilder().setPing(Ping.newBuilder().setNonce(42)));
        assertThat(worker.next().getPong().getNonce()).isEqualTo(42);
    }

    @Test
    void unknownMessageIsIgnored() throws Exception {
        var worker = worker(port());
        worker.send(WorkerMessage.newBuilder());
        worker.send(WorkerMessage.newBuilder().setPing(Ping.newBuilder().setNonce(1)));
        assertThat(worker.next().hasPong()).isTrue();
    }

    // --- leases

    @Test
    void heartbeatRenewsWhatTheSessionHoldsAndNamesWhatItDoesNot() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment held = step();
        Assignment foreign = step();
        session.assign(held);
        worker.next();
        worker.heartbeat(held, foreign);
        assertThat(worker.next().getHeartbeatAck().getLostList())
                .containsExactly(LeaseKey.of(foreign).toWire());
        assertThat(session.heartbeats).hasSize(1);
    }

    @Test
    void heartbeatWithoutLeasesTouchesNothing() throws Exception {
        var worker = worker(port());
        worker.heartbeat();
        assertThat(worker.next().hasHeartbeatAck()).isTrue();
        assertThat(engine.session().heartbeats).isEmpty();
    }

    @Test
    void lostLeaseIsReportedAtOnce() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment step = step();
        session.assign(step);
        worker.next();
        session.listener.lost(step);
        assertThat(worker.next().getHeartbeatAck().getLostList())
                .containsExactly(LeaseKey.of(step).toWire());
        worker.complete(step, SUCCESS);
        Report late = session.report();
        assertThat(late.assignment()).isNull();
        late.answer().complete(Completion.STALE_LEASE);
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.STALE_LEASE);
    }

    @Test
    void rejectedStepIsGivenBackUntilTheEngineTakesIt() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment step = step();
        session.assign(step);
        worker.next();
        worker.reject(step);
        FakeEngine.take(session.returns)
                .answer()
                .completeExceptionally(new EngineException(ErrorCode.OVERLOADED, "full"));
        assertThat(FakeEngine.take(session.returns).stepUuid()).isEqualTo(step.stepUuid());
    }

    @Test
    void leaseOfAnUnknownSessionCanBeGivenBack() throws Exception {
        var worker = closing(new WireWorker(port()));
        Assignment step = step();
        worker.resume(UUID.randomUUID(), step);
        worker.reject(step);
        FakeEngine.Return given = FakeEngine.take(engine.session().returns);
        assertThat(given.stepUuid()).isEqualTo(step.stepUuid());
        assertThat(given.token()).isEqualTo(step.leaseToken());
    }

    @Test
    void drainingWorkerGetsNoMore() throws Exception {
        var worker = worker(port());
        worker.send(WorkerMessage.newBuilder().setDraining(Draining.getDefaultInstance()));
        assertThat(engine.session().drained.await(20, TimeUnit.SECONDS)).isTrue();
    }

    // --- broken streams

    @Test
    void sessionOfABrokenStreamIsDrainedAndClosedOnlyWhenItsLeasesHaveRunOut() throws Exception {
        var leases = new LeaseConfig(Duration.ofMillis(300), Duration.ofMillis(100), Duration.ZERO);
        var worker = worker(start(GatewayConfig.DEFAULT.withLeases(leases).withDrain(Duration.ZERO))
                .port());
        FakeSession session = engine.session();
        session.assign(step());
        worker.next();
        worker.cut();
        assertThat(session.drained.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(session.closed.getCount()).isEqualTo(1);
        assertThat(session.awaitClosed()).isTrue();
    }

    @Test
    void sessionOfABrokenStreamWithoutLeasesIsClosed() throws Exception {
        var worker = worker(port());
        worker.cut();
        assertThat(engine.session().awaitClosed()).isTrue();
    }

    @Test
    void returningWorkerKeepsItsLeasesAndLearnsWhichAreLost() throws Exception {
        int port = port();
        var before = worker(port);
        FakeSession old = engine.session();
        Assignment running = step();
        Assignment neverArrived = step();
        Assignment lost = step();
        old.assign(running, neverArrived, lost);
        before.next();
        before.cut();
        assertThat(old.drained.await(20, TimeUnit.SECONDS)).isTrue();
        old.listener.lost(lost);

        var after = closing(new WireWorker(port));
        Registered registered = after.resume(old.uuid(), running, lost);
        FakeSession fresh = engine.session();
        assertThat(registered.getLostList()).containsExactly(LeaseKey.of(lost).toWire());
        assertThat(LeaseKey.uuid(registered.getSessionId())).isEqualTo(fresh.uuid());
        assertThat(FakeEngine.take(old.returns).stepUuid()).isEqualTo(neverArrived.stepUuid());

        after.heartbeat(running);
        assertThat(after.next().getHeartbeatAck().getLostList()).isEmpty();
        assertThat(old.heartbeats).hasSize(1);
        assertThat(fresh.heartbeats).isEmpty();

        after.complete(running, SUCCESS);
        Report report = old.report();
        assertThat(report.assignment()).isSameAs(running);
        report.answer().complete(Completion.ACCEPTED);
        assertThat(after.outcome().getStatus()).isEqualTo(Completed.Status.ACCEPTED);
        assertThat(old.awaitClosed()).isTrue();
        assertThat(fresh.closed.getCount()).isEqualTo(1);
    }

    @Test
    void leaseLostAfterTheReturnIsReportedOnTheNewStream() throws Exception {
        int port = port();
        var before = worker(port);
        FakeSession old = engine.session();
        Assignment running = step();
        old.assign(running);
        before.next();
        before.cut();
        old.drained.await(20, TimeUnit.SECONDS);
        var after = closing(new WireWorker(port));
        after.resume(old.uuid(), running);
        old.listener.lost(running);
        assertThat(after.next().getHeartbeatAck().getLostCount()).isEqualTo(1);
        assertThat(old.awaitClosed()).isTrue();
    }

    @Test
    void newerStreamEndsAnOlderOneThatLooksAlive() throws Exception {
        int port = port();
        var before = worker(port);
        FakeSession old = engine.session();
        Assignment running = step();
        old.assign(running);
        before.next();
        var after = closing(new WireWorker(port));
        assertThat(after.resume(old.uuid(), running).getLostList()).isEmpty();
        assertThat(before.ended().getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(old.drained.getCount()).isZero();
    }

    @Test
    void leasesOfAnUnknownSessionStayUndecidedAndTheirResultsAreJudgedByToken() throws Exception {
        var worker = closing(new WireWorker(port()));
        Assignment known = step();
        assertThat(worker.resume(UUID.randomUUID(), known).getLostList()).isEmpty();
        FakeSession session = engine.session();
        worker.heartbeat(known);
        assertThat(worker.next().getHeartbeatAck().getLostList()).isEmpty();
        worker.complete(known, SUCCESS);
        Report report = session.report();
        assertThat(report.assignment()).isNull();
        assertThat(report.stepUuid()).isEqualTo(known.stepUuid());
        assertThat(report.token()).isEqualTo(known.leaseToken());
        report.answer().complete(Completion.STALE_LEASE);
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.STALE_LEASE);
    }

    @Test
    void sessionOfAnotherProcessCannotBeTakenOver() throws Exception {
        int port = port();
        worker(port);
        FakeSession old = engine.session();
        var thief = closing(new WireWorker(port));
        thief.register(WireWorker.registration()
                .setInstanceId(LeaseKey.bytes(new UUID(9, 9)))
                .setResume(Resume.newBuilder().setSessionId(LeaseKey.bytes(old.uuid()))));
        engine.session();
        assertThat(old.drained.getCount()).isEqualTo(1);
    }

    // --- the end

    @Test
    void halfClosedStreamIsAnsweredBeforeItEnds() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment step = step();
        session.assign(step);
        worker.next();
        worker.complete(step, SUCCESS);
        Report report = session.report();
        worker.halfClose();
        assertThat(session.drained.await(20, TimeUnit.SECONDS)).isTrue();
        report.answer().complete(Completion.ACCEPTED);
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.ACCEPTED);
        assertThat(worker.ended().isOk()).isTrue();
        assertThat(session.awaitClosed()).isTrue();
    }

    @Test
    void closingServerTakesTheResultsOfRunningHandlers() throws Exception {
        GatewayServer server = start(GatewayConfig.DEFAULT);
        var worker = worker(server.port());
        FakeSession session = engine.session();
        Assignment step = step();
        session.assign(step);
        worker.next();
        Thread closer = Thread.ofVirtual().start(server::close);
        assertThat(worker.next().getDrain().getDeadlineMs()).isEqualTo(10_000);
        assertThat(session.drained.getCount()).isZero();
        worker.complete(step, SUCCESS);
        session.report().answer().complete(Completion.ACCEPTED);
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.ACCEPTED);
        assertThat(worker.ended().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(session.awaitClosed()).isTrue();
        assertThat(closer.join(Duration.ofSeconds(20))).isTrue();
    }

    @Test
    void leasesOutliveTheServerThatGaveThem() throws Exception {
        GatewayServer server = start(GatewayConfig.DEFAULT.withDrain(Duration.ZERO));
        var worker = worker(server.port());
        FakeSession session = engine.session();
        session.assign(step());
        worker.next();
        server.close();
        assertThat(worker.ended().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(session.drained.getCount()).isZero();
        assertThat(session.closed.getCount())
                .as("closing would take the step back")
                .isEqualTo(1);
    }

    @Test
    void takenPortIsNamedInOneMessage() {
        int port = port();
        var gateway = closing(new WorkerGateway(engine, template -> {}, _ -> Optional.empty(), GatewayConfig.DEFAULT));
        assertThatThrownBy(() -> GatewayServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        Authenticator.DISABLED,
                        null,
                        gateway,
                        List.of()))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("gRPC cannot listen at "
                        + InetAddress.getLoopbackAddress().getHostName() + ":" + port
                        + " (expected: an address of this machine and a port that no other process uses)");
    }

    @Test
    void healthIsServed() {
        var worker = closing(new WireWorker(port()));
        assertThat(HealthGrpc.newBlockingStub(worker.channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    // --- templates

    @Test
    void eachTemplateOfARequestStandsForItself() {
        var gateway = new WorkerGateway(
                engine,
                template -> {
                    if (template.name().equals("changed")) {
                        throw new EngineException(ErrorCode.TEMPLATE_CHANGED, "content differs");
                    }
                },
                _ -> Optional.empty(),
                GatewayConfig.DEFAULT.withDrain(Duration.ZERO));
        var server = closing(GatewayServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Authenticator.DISABLED,
                null,
                gateway,
                List.of()));
        var worker = closing(new WireWorker(server.port()));
        List<TemplateOutcome> outcomes = WorkerGatewayGrpc.newBlockingStub(worker.channel)
                .registerTemplates(RegisterTemplatesRequest.newBuilder()
                        .addTemplatesYaml(template("order"))
                        .addTemplatesYaml("steps: [")
                        .addTemplatesYaml(template("changed"))
                        .build())
                .getOutcomesList();
        assertThat(outcomes)
                .extracting(TemplateOutcome::getStatus)
                .containsExactly(
                        TemplateOutcome.Status.REGISTERED,
                        TemplateOutcome.Status.INVALID,
                        TemplateOutcome.Status.CONFLICT);
        assertThat(outcomes.get(0).getName()).isEqualTo("order");
        assertThat(outcomes.get(1).getMessage()).isNotBlank();
        assertThat(outcomes.get(2).getMessage()).isEqualTo("content differs");
    }

    @Test
    void templatesAreRefusedAsAWholeWhenTheEngineIsNotThere() {
        var gateway = new WorkerGateway(
                engine,
                template -> {
                    throw new EngineException(ErrorCode.DATABASE_UNAVAILABLE, "gone");
                },
                _ -> Optional.empty(),
                GatewayConfig.DEFAULT.withDrain(Duration.ZERO));
        var server = closing(GatewayServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Authenticator.DISABLED,
                null,
                gateway,
                List.of()));
        var stub = WorkerGatewayGrpc.newBlockingStub(closing(new WireWorker(server.port())).channel);
        var request = RegisterTemplatesRequest.newBuilder()
                .addTemplatesYaml(template("order"))
                .build();
        assertThatThrownBy(() -> stub.registerTemplates(request))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        var tooMany = RegisterTemplatesRequest.newBuilder()
                .addAllTemplatesYaml(Collections.nCopies(1_001, ""))
                .build();
        assertThatThrownBy(() -> stub.registerTemplates(tooMany)).hasMessageContaining("1001 (expected: <= 1000)");
    }

    private static String template(String name) {
        return """
            name: %s
            namespace_name: shop
            version: 1.0.0
            steps:
              - name: pay
                handler: {callable: pay.handler}
            """.formatted(name);
    }

    @Test
    void badConfigurationIsRefused() {
        assertThatThrownBy(() -> new GatewayConfig(LeaseConfig.DEFAULT, 0, 1, Duration.ZERO))
                .hasMessage("gateway.sessions_max: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new GatewayConfig(LeaseConfig.DEFAULT, 1, 0, Duration.ZERO))
                .hasMessage("gateway.slots_max: 0 (expected: >= 1)");
        assertThatThrownBy(() -> GatewayConfig.DEFAULT.withDrain(Duration.ofSeconds(-1)))
                .hasMessageContaining("gateway.drain");
    }
}
