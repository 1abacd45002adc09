package dev.tasker.server.gateway;

import static dev.tasker.server.gateway.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Draining;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.Reject;
import dev.tasker.protocol.worker.v1.Resume;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.server.gateway.FakeEngine.FakeSession;
import dev.tasker.server.gateway.FakeEngine.Report;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of leases: renewed, lost, given back, kept over broken streams. */
class GatewayLeaseTest extends GatewayScene {
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
    void leaseOfAnEarlierServerThatItsWorkerNeverHeardOfIsGivenBack() throws Exception {
        UUID earlier = UUID.randomUUID();
        Assignment held = step();
        Assignment unheard = step();
        engine.leases.put(
                earlier, Map.of(held.stepUuid(), held.leaseToken(), unheard.stepUuid(), unheard.leaseToken()));
        var worker = closing(new WireWorker(port()));

        worker.resume(earlier, held);

        FakeSession session = engine.session();
        FakeEngine.Return given = FakeEngine.take(session.returns);
        assertThat(given.stepUuid()).isEqualTo(unheard.stepUuid());
        assertThat(given.token()).isEqualTo(unheard.leaseToken());
        given.answer().complete(Completion.ACCEPTED);
        assertThat(session.returns).isEmpty();
    }

    @Test
    void sessionOfAnotherProcessAtThisServerIsLeftAlone() throws Exception {
        int port = port();
        worker(port);
        FakeSession others = engine.session();
        Assignment theirs = step();
        engine.leases.put(others.uuid(), Map.of(theirs.stepUuid(), theirs.leaseToken()));
        Assignment own = step();
        var worker = closing(new WireWorker(port));

        worker.register(WireWorker.registration()
                .setInstanceId(LeaseKey.bytes(new UUID(8, 8)))
                .setResume(Resume.newBuilder()
                        .setSessionId(LeaseKey.bytes(others.uuid()))
                        .addActiveLeases(LeaseKey.of(own).toWire())));

        worker.reject(own);
        assertThat(FakeEngine.take(engine.session().returns).stepUuid())
                .as("the only one")
                .isEqualTo(own.stepUuid());
    }

    @Test
    void stepWithoutAHandlerIsToldApart() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment step = step();
        session.assign(step);
        worker.next();
        worker.reject(step, Reject.Reason.HANDLER_NOT_FOUND);
        FakeEngine.take(session.unhandled)
                .answer()
                .completeExceptionally(new EngineException(ErrorCode.DATABASE_UNAVAILABLE, "away"));
        assertThat(FakeEngine.take(session.unhandled).stepUuid()).isEqualTo(step.stepUuid());
        assertThat(session.returns).isEmpty();
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
}
