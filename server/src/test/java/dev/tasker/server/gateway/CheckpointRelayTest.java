package dev.tasker.server.gateway;

import static dev.tasker.server.gateway.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.protocol.worker.v1.Checkpoint;
import dev.tasker.protocol.worker.v1.Checkpointed;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.server.gateway.FakeEngine.FakeSession;
import dev.tasker.server.gateway.FakeEngine.Progress;
import dev.tasker.server.security.Authenticator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints of remote workers, message by message (04 §9.6). */
@Timeout(60)
class CheckpointRelayTest {

    /** A gateway over a hand-driven engine, and a worker connected to it. */
    private record Wire(FakeEngine engine, GatewayServer server, WireWorker worker, FakeSession session)
            implements AutoCloseable {

        static Wire open() throws InterruptedException {
            var engine = new FakeEngine();
            var gateway = new WorkerGateway(engine, template -> {}, _ -> Optional.empty(), GatewayConfig.DEFAULT);
            var server = GatewayServer.start(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    Authenticator.DISABLED,
                    null,
                    gateway,
                    List.of());
            WireWorker worker = WireWorker.registered(server.port());
            return new Wire(engine, server, worker, engine.session());
        }

        Assignment assigned() throws InterruptedException {
            Assignment step = step();
            session.assign(step);
            worker.next();
            return step;
        }

        void send(Assignment step, UnaryOperator<Checkpoint.Builder> change) {
            worker.send(WorkerMessage.newBuilder()
                    .setCheckpoint(change.apply(Checkpoint.newBuilder()
                            .setStepUuid(LeaseKey.bytes(step.stepUuid()))
                            .setLeaseToken(step.leaseToken())
                            .setCursorJson("5")
                            .setItemsProcessed(5))));
        }

        Progress progress() throws InterruptedException {
            return FakeEngine.take(session.checkpoints);
        }

        @Override
        public void close() {
            worker.close();
            server.close();
        }
    }

    @Test
    void keptCheckpointIsSavedAndAnsweredAndTheLeaseStays() throws Exception {
        try (Wire wire = Wire.open()) {
            Assignment step = wire.assigned();
            wire.send(step, message -> message.setKeepRunning(true).setAccumulatedResultsJson("{\"n\":1.10}"));

            Progress progress = wire.progress();
            assertThat(progress.stepUuid()).isEqualTo(step.stepUuid());
            assertThat(progress.token()).isEqualTo(step.leaseToken());
            assertThat(progress.checkpoint())
                    .isEqualTo(new dev.tasker.engine.Checkpoint("5", 5, "{\"n\":1.10}", false));
            progress.answer().complete(Completion.ACCEPTED);

            Checkpointed answer = wire.worker().next().getCheckpointed();
            assertThat(answer.getStatus()).isEqualTo(Completed.Status.ACCEPTED);
            assertThat(answer.getKeepRunning()).isTrue();
            wire.worker().heartbeat(step);
            assertThat(wire.worker().next().getHeartbeatAck().getLostList()).isEmpty();
        }
    }

    @Test
    void everyCheckpointOfALeaseIsAnswered() throws Exception {
        try (Wire wire = Wire.open()) {
            Assignment step = wire.assigned();
            for (int i = 0; i < 1_000; i++) {
                wire.send(step, message -> message.setKeepRunning(true));
                wire.progress().answer().complete(Completion.ACCEPTED);
                assertThat(wire.worker().next().getCheckpointed().getStatus()).isEqualTo(Completed.Status.ACCEPTED);
            }
        }
    }

    @Test
    void yieldEndsTheLeaseAndReturnsItsSlot() throws Exception {
        try (Wire wire = Wire.open()) {
            wire.worker().grant(10);
            FakeEngine.take(wire.session().grants);
            Assignment step = wire.assigned();
            wire.send(step, message -> message);
            Progress progress = wire.progress();
            assertThat(progress.checkpoint().yields()).isTrue();
            wire.session().assign(step.continued(step.leaseToken() + 1, "{\"cursor\":5}"));
            progress.answer().complete(Completion.ACCEPTED);

            assertThat(wire.worker()
                            .next()
                            .getAssignments()
                            .getAssignments(0)
                            .getStep()
                            .getCheckpointJson())
                    .isEqualTo("{\"cursor\":5}");
            assertThat(wire.worker().next().getCheckpointed().getStatus()).isEqualTo(Completed.Status.ACCEPTED);
            wire.worker().heartbeat(step);
            assertThat(wire.worker().next().getHeartbeatAck().getLostCount()).isEqualTo(1);
            wire.worker().grant(2); // of ten slots the continuation has one, so two are one too many
            assertThat(wire.worker().ended().getDescription()).contains("credit");
        }
    }

    @Test
    void checkpointTheEngineCannotTakeNowIsRepeated() throws Exception {
        try (Wire wire = Wire.open()) {
            wire.send(wire.assigned(), message -> message.setKeepRunning(true));
            wire.progress().answer().completeExceptionally(new EngineException(ErrorCode.OVERLOADED, "full"));

            wire.progress().answer().complete(Completion.STALE_LEASE);

            assertThat(wire.worker().next().getCheckpointed().getStatus()).isEqualTo(Completed.Status.STALE_LEASE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "1 2", "nul"})
    void cursorThatIsNoJsonIsInvalid(String cursor) throws Exception {
        try (Wire wire = Wire.open()) {
            wire.send(wire.assigned(), message -> message.setCursorJson(cursor));

            Checkpointed answer = wire.worker().next().getCheckpointed();
            assertThat(answer.getStatus()).isEqualTo(Completed.Status.INVALID);
            assertThat(answer.getReason()).startsWith("cursor_json: ");
            assertThat(wire.session().checkpoints).isEmpty();
        }
    }

    @Test
    void negativeCountIsInvalid() throws Exception {
        try (Wire wire = Wire.open()) {
            wire.send(wire.assigned(), message -> message.setItemsProcessed(-1));

            assertThat(wire.worker().next().getCheckpointed().getReason())
                    .isEqualTo("items_processed: -1 (expected: >= 0)");
        }
    }
}
