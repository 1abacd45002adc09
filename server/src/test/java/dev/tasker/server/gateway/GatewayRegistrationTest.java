package dev.tasker.server.gateway;

import static dev.tasker.server.gateway.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.protocol.worker.v1.Handler;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.RegisterTemplatesRequest;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.Resume;
import dev.tasker.protocol.worker.v1.TemplateOutcome;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.server.gateway.FakeEngine.FakeSession;
import dev.tasker.server.security.Authenticator;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How workers and templates are registered, and what is refused. */
class GatewayRegistrationTest extends GatewayScene {
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
