package dev.tasker.server.gateway;

import static dev.tasker.server.gateway.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.EventPublication;
import dev.tasker.protocol.worker.v1.Completed.Status;
import dev.tasker.protocol.worker.v1.EventsPublished.Outcome;
import dev.tasker.protocol.worker.v1.NewEvent;
import dev.tasker.protocol.worker.v1.PublishEvents;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.server.gateway.FakeEngine.FakeSession;
import dev.tasker.server.gateway.FakeEngine.Told;
import dev.tasker.template.DeliveryMode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events that handlers of remote workers publish, message by message (04 §9.6). */
@Timeout(60)
class EventRelayTest extends GatewayScene {
    private static final UUID ID = new UUID(1, 1);

    private static NewEvent.Builder event() {
        return NewEvent.newBuilder()
                .setEventId(LeaseKey.bytes(ID))
                .setName("item.seen")
                .setPayloadJson("{}");
    }

    private static void publish(WireWorker worker, Assignment lease, NewEvent.Builder... events) {
        PublishEvents.Builder message = PublishEvents.newBuilder()
                .setStepUuid(LeaseKey.bytes(lease.stepUuid()))
                .setLeaseToken(lease.leaseToken());
        for (NewEvent.Builder event : events) {
            message.addEvents(event);
        }
        worker.send(WorkerMessage.newBuilder().setPublishEvents(message));
    }

    private static List<Outcome> outcomes(WireWorker worker) throws InterruptedException {
        return worker.next().getEventsPublished().getOutcomesList();
    }

    @Test
    void eventIsRepeatedUntilTheEngineTakesItAndThenAnswered() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment lease = step();
        session.assign(lease);
        worker.next();

        publish(worker, lease, event().setDeliveryMode("broadcast"));
        Told first = FakeEngine.take(session.publications);
        assertThat(first.stepUuid()).isEqualTo(lease.stepUuid());
        assertThat(first.token()).isEqualTo(lease.leaseToken());
        assertThat(first.events()).hasSize(1).first().satisfies(event -> {
            assertThat(event.eventId()).isEqualTo(ID);
            assertThat(event.name()).isEqualTo("item.seen");
            assertThat(event.payload()).isEqualTo("{}");
            assertThat(event.mode()).isEqualTo(DeliveryMode.BROADCAST);
        });
        first.answer().completeExceptionally(new EngineException(ErrorCode.DATABASE_UNAVAILABLE, "away"));
        Told again = FakeEngine.take(session.publications);
        assertThat(again.events()).isEqualTo(first.events());
        again.answer().complete(List.of(new EventPublication(ID, Completion.DUPLICATE, "")));

        assertThat(outcomes(worker)).containsExactly(outcome(Status.DUPLICATE, ""));
    }

    @Test
    void whatTheEngineRefusesForGoodIsInvalid() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment lease = step(); // of an earlier server: the engine knows

        publish(worker, lease, event());
        FakeEngine.take(session.publications)
                .answer()
                .completeExceptionally(new EngineException(ErrorCode.INVALID_REQUEST, "no"));

        assertThat(outcomes(worker)).containsExactly(outcome(Status.INVALID, "no"));
    }

    @Test
    void whatCannotBeReadIsInvalidAndTheRestGoesOn() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment lease = step();
        session.assign(lease);
        worker.next();

        publish(
                worker,
                lease,
                event().setDeliveryMode("slow"),
                event().setEventId(ByteString.copyFromUtf8("short")),
                event());

        assertThat(outcomes(worker))
                .extracting(Outcome::getReason)
                .containsExactly(
                        "delivery_mode: 'slow' (expected: durable, fast or broadcast)",
                        "event_id: 5 bytes (expected: 16)");
        Told rest = FakeEngine.take(session.publications);
        assertThat(rest.events()).hasSize(1);
        rest.answer().complete(List.of(new EventPublication(ID, Completion.ACCEPTED, "")));
        assertThat(outcomes(worker)).containsExactly(outcome(Status.ACCEPTED, ""));
    }

    @Test
    void tooManyEventsAndALeaseThatIsNoneAreInvalid() throws Exception {
        var worker = worker(port());
        NewEvent.Builder[] many = new NewEvent.Builder[101];
        for (int i = 0; i < many.length; i++) {
            many[i] = event();
        }

        publish(worker, step(), many);
        assertThat(outcomes(worker))
                .hasSize(101)
                .allMatch(outcome -> outcome.getReason().equals("events: 101 (expected: 1 to 100 in one message)"));
        worker.send(WorkerMessage.newBuilder()
                .setPublishEvents(PublishEvents.newBuilder().addEvents(event())));
        assertThat(outcomes(worker)).extracting(Outcome::getStatus).containsExactly(Status.INVALID);
    }

    private static Outcome outcome(Status status, String reason) {
        return Outcome.newBuilder()
                .setEventId(LeaseKey.bytes(ID))
                .setStatus(status)
                .setReason(reason)
                .build();
    }
}
