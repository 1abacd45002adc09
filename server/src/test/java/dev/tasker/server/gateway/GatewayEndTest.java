package dev.tasker.server.gateway;

import static dev.tasker.server.gateway.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.server.gateway.FakeEngine.FakeSession;
import dev.tasker.server.gateway.FakeEngine.Report;
import dev.tasker.server.security.Authenticator;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How streams and servers end, and what a server says of itself. */
class GatewayEndTest extends GatewayScene {
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
}
