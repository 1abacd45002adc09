package dev.tasker.server.gateway;

import static dev.tasker.server.gateway.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Ping;
import dev.tasker.protocol.worker.v1.RegisterTemplatesRequest;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.server.gateway.FakeEngine.FakeSession;
import io.grpc.Status;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the workers of one identity may ask of a gateway: twenty calls a second, two hundred at once. */
class RateLimitTest extends GatewayScene {
    private final AtomicLong now = new AtomicLong();
    private final CallLimits limits = new CallLimits(20, now::get);
    private final int port = limited();

    private int limited() {
        GatewayConfig config = GatewayConfig.DEFAULT.withDrain(Duration.ZERO);
        return start(new WorkerGateway(
                        engine, template -> {}, _ -> Optional.empty(), config, limits, InstantSource.system()))
                .port();
    }

    private static void refused(WireWorker worker, String seconds) throws Exception {
        assertThat(worker.ended().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(worker.ended().getDescription())
                .isEqualTo("more than 20 calls a second by the workers of this identity");
        assertThat(worker.trailer("retry-after")).isEqualTo(seconds);
    }

    private void ping(WireWorker worker, int times) {
        for (int i = 0; i < times; i++) {
            worker.send(WorkerMessage.newBuilder().setPing(Ping.getDefaultInstance()));
        }
    }

    @Test
    void whoOpensTooManySessionsIsToldWhenToComeBack() throws Exception {
        worker(port);
        worker(port);

        refused(closing(new WireWorker(port)), "5");
        now.addAndGet(Duration.ofSeconds(5).toNanos());
        worker(port);
    }

    @Test
    void templatesCountAsCalls() throws Exception {
        WireWorker worker = worker(port);
        var stub = WorkerGatewayGrpc.newBlockingStub(worker.channel);
        for (int i = 0; i < 100; i++) {
            stub.registerTemplates(RegisterTemplatesRequest.getDefaultInstance());
        }

        assertThatThrownBy(() -> stub.registerTemplates(RegisterTemplatesRequest.getDefaultInstance()))
                .hasMessageContaining("RESOURCE_EXHAUSTED");
    }

    @Test
    void whatTheServerGaveIsAnsweredHoweverMuchWasAsked() throws Exception {
        WireWorker worker = worker(port);
        FakeSession session = engine.session();
        worker.grant(10); // the 101st call
        FakeEngine.take(session.grants);
        Assignment[] given =
                Stream.generate(() -> step(UUID.randomUUID(), "{}")).limit(10).toArray(Assignment[]::new);
        session.assign(given);
        assertThat(worker.next().getAssignments().getAssignmentsCount()).isEqualTo(10);
        ping(worker, 99);
        for (int i = 0; i < 99; i++) {
            assertThat(worker.next().hasPong()).isTrue();
        }

        for (int i = 0; i < 9; i++) {
            worker.complete(given[i], SUCCESS);
            session.report().answer().complete(Completion.ACCEPTED);
            assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.ACCEPTED);
        }
        worker.heartbeat(given[9]); // which is due
        assertThat(worker.next().hasHeartbeatAck()).isTrue();
        worker.reject(given[9]);
        assertThat(FakeEngine.take(session.returns).stepUuid()).isEqualTo(given[9].stepUuid());

        worker.heartbeat(given[9]); // which is not
        refused(worker, "1");
    }

    @Test
    void everythingElseCounts() throws Exception {
        WireWorker worker = worker(port);
        FakeSession session = engine.session();
        IntStream.range(0, 99).forEach(_ -> worker.complete(step(UUID.randomUUID(), "{}"), SUCCESS));
        for (int i = 0; i < 99; i++) {
            session.report().answer().complete(Completion.STALE_LEASE);
        }
        for (int told = 0; told < 99; ) {
            told += worker.next().getCompleted().getOutcomesCount();
        }
        ping(worker, 1);
        assertThat(worker.next().hasPong()).isTrue();

        worker.complete(step(UUID.randomUUID(), "{}"), SUCCESS);

        refused(worker, "1");
        assertThat(session.reports).isEmpty();
    }

    @Test
    void whatMakesNoSenseCountsAsAHundredCalls() throws Exception {
        WireWorker worker = worker(port);
        worker.complete(step(UUID.randomUUID(), "{}"), "{");
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.INVALID);

        worker.complete(step(UUID.randomUUID(), "{}"), "{");

        refused(worker, "5");
    }

    /** The worker comes back later with the same credential, and all that it holds. */
    @Test
    void leasesOfAWorkerThatAskedTooMuchWaitForIt() throws Exception {
        WireWorker worker = worker(port);
        FakeSession session = engine.session();
        worker.grant(1);
        FakeEngine.take(session.grants);
        Assignment held = step();
        session.assign(held);
        assertThat(worker.next().hasAssignments()).isTrue();
        ping(worker, 100);
        refused(worker, "1");

        now.addAndGet(Duration.ofSeconds(5).toNanos());
        WireWorker again = closing(new WireWorker(port));
        assertThat(again.resume(session.uuid(), held).getLostList()).isEmpty();
        again.complete(held, SUCCESS);

        assertThat(session.report().stepUuid()).isEqualTo(held.stepUuid());
    }
}
