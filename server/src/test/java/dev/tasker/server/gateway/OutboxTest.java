package dev.tasker.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Pong;
import dev.tasker.protocol.worker.v1.ServerMessage;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final ServerMessage REGISTERED =
            ServerMessage.newBuilder().setPong(Pong.newBuilder().setNonce(1)).build();

    private final Wire wire = new Wire();
    private final Queue<Runnable> flushes = new ArrayDeque<>();
    private final List<Assignment> tooLarge = new ArrayList<>();
    private final Outbox outbox =
            new Outbox(wire, new AssignmentEncoder(Duration.ofSeconds(30)), flushes::add, tooLarge::add, 1_000);

    /** The stream, ready or not at the test's will. */
    private static final class Wire implements Line {
        final List<ServerMessage> written = new ArrayList<>();

        @Nullable
        Status ended;

        int room = Integer.MAX_VALUE;

        @Override
        public boolean isReady() {
            return room > 0;
        }

        @Override
        public void send(ServerMessage message) {
            written.add(message);
            room--;
        }

        @Override
        public void end(Status status) {
            ended = status;
        }
    }

    private void flush() {
        for (Runnable flush = flushes.poll(); flush != null; flush = flushes.poll()) {
            flush.run();
        }
    }

    private static Completed.Outcome outcome() {
        return Completed.Outcome.newBuilder()
                .setStepUuid(LeaseKey.bytes(UUID.randomUUID()))
                .setStatus(Completed.Status.ACCEPTED)
                .build();
    }

    @Test
    void answerThatIsQueuedGoesBeforeTheEnd() {
        outbox.begin(REGISTERED);
        outbox.answer(outcome());
        outbox.finish(Status.UNAVAILABLE);
        flush();
        assertThat(wire.written.getLast().getCompleted().getOutcomesCount()).isEqualTo(1);
        assertThat(wire.ended).isEqualTo(Status.UNAVAILABLE);
    }

    @Test
    void endDoesNotWaitForAWorkerThatDoesNotRead() {
        wire.room = 1;
        outbox.begin(REGISTERED);
        flush();
        outbox.answer(outcome());
        outbox.finish(Status.UNAVAILABLE);
        flush();
        assertThat(wire.written).hasSize(1);
        assertThat(wire.ended).isEqualTo(Status.UNAVAILABLE);
    }

    @Test
    void streamMayEndBeforeItBegan() {
        outbox.answer(outcome());
        outbox.finish(Status.UNAVAILABLE);
        flush();
        assertThat(wire.written).isEmpty();
        assertThat(wire.ended).isEqualTo(Status.UNAVAILABLE);
    }

    @Test
    void whatGathersBeforeOneFlushIsOneMessageOfEachKind() {
        outbox.begin(REGISTERED);
        for (int i = 0; i < 100; i++) {
            outbox.assign(List.of(Steps.step()));
            outbox.answer(outcome());
            outbox.lost(LeaseKey.of(Steps.step()), false);
        }
        assertThat(flushes).hasSize(1);
        flush();
        assertThat(wire.written).hasSize(4);
        assertThat(wire.written.get(1).getAssignments().getAssignmentsCount()).isEqualTo(100);
        assertThat(wire.written.get(2).getCompleted().getOutcomesCount()).isEqualTo(100);
        assertThat(wire.written.get(3).getHeartbeatAck().getLostCount()).isEqualTo(100);
    }

    @Test
    void nothingGoesBeforeTheAnswerToRegister() {
        outbox.answer(outcome());
        flush();
        assertThat(wire.written).isEmpty();
        outbox.begin(REGISTERED);
        flush();
        assertThat(wire.written).hasSize(2).first().isEqualTo(REGISTERED);
    }

    @Test
    void messagesStayBelowOneMebibyte() {
        outbox.begin(REGISTERED);
        String context = "\"" + "x".repeat(400 << 10) + "\"";
        for (int i = 0; i < 5; i++) {
            outbox.assign(List.of(Steps.step(UUID.randomUUID(), context)));
        }
        flush();
        assertThat(wire.written.stream()
                        .skip(1)
                        .map(message -> message.getAssignments().getAssignmentsCount()))
                .containsExactly(2, 2, 1);
    }

    @Test
    void assignmentTooLargeForAnyMessageIsHandedBack() {
        outbox.begin(REGISTERED);
        Assignment huge = Steps.step(UUID.randomUUID(), "x".repeat(Outbox.ASSIGNMENT_BYTES_MAX));
        Assignment small = Steps.step();
        outbox.assign(List.of(huge, small));
        flush();
        assertThat(tooLarge).containsExactly(huge);
        assertThat(wire.written.get(1).getAssignments().getAssignmentsCount()).isEqualTo(1);
    }

    @Test
    void whatTheWorkerDoesNotReadWaits() {
        wire.room = 1;
        outbox.begin(REGISTERED);
        outbox.answer(outcome());
        flush();
        assertThat(wire.written).containsExactly(REGISTERED);
        wire.room = 1;
        outbox.answer(outcome());
        outbox.flush();
        flush();
        assertThat(wire.written).hasSize(2);
        assertThat(wire.written.get(1).getCompleted().getOutcomesCount()).isEqualTo(2);
    }

    @Test
    void workerThatNeverReadsIsDropped() {
        wire.room = 0;
        for (int i = 0; i <= 1_000; i++) {
            outbox.answer(outcome());
        }
        flush();
        assertThat(wire.ended).isNotNull().extracting(Status::getCode).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void orderlyEndComesAfterEverythingElseAndOnce() {
        outbox.begin(REGISTERED);
        outbox.answer(outcome());
        outbox.end(Status.OK);
        outbox.end(Status.CANCELLED);
        outbox.answer(outcome());
        flush();
        assertThat(wire.written).hasSize(2);
        assertThat(wire.ended).isEqualTo(Status.OK);
    }

    @Test
    void disorderlyEndCutsWhatIsQueued() {
        outbox.begin(REGISTERED);
        outbox.answer(outcome());
        outbox.end(Status.UNAVAILABLE);
        flush();
        assertThat(wire.written).isEmpty();
        assertThat(wire.ended).isNotNull().extracting(Status::getCode).isEqualTo(Status.Code.UNAVAILABLE);
    }
}
