package dev.tasker.server.rest;

import dev.tasker.engine.Session;
import dev.tasker.protocol.worker.v1.Event;
import dev.tasker.protocol.worker.v1.EventsPublished;
import dev.tasker.protocol.worker.v1.NewEvent;
import dev.tasker.server.gateway.GatewayConfig;
import dev.tasker.server.gateway.LeaseKey;
import dev.tasker.server.gateway.PolledSession;
import dev.tasker.server.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** Events of workers that poll, in both directions (04 §9.6). Translates; the gateway decides. */
final class WorkerEventRoutes {
    private final TimeLimit timeLimit;
    private final Function<Call, PolledSession> sessions;

    /** @param sessions finds the session of a call, or refuses it */
    WorkerEventRoutes(TimeLimit timeLimit, Function<Call, PolledSession> sessions) {
        this.timeLimit = timeLimit;
        this.sessions = sessions;
    }

    /** What a handler tells of while it runs: one status for each event, whatever became of it. */
    Reply publish(Call call) throws InterruptedException {
        PolledSession session = sessions.apply(call);
        WorkerBody body = WorkerBody.parse(call.jsonBody(GatewayConfig.RESULT_BYTES_MAX));
        LeaseKey lease = new LeaseKey(body.requiredUuid("assignment_id"), body.leaseToken());
        List<NewEvent> events = new ArrayList<>();
        for (WorkerBody event : body.objects("events")) {
            events.add(read(event));
        }
        if (events.isEmpty() || events.size() > Session.EVENTS_MAX) {
            throw body.wrong("events", events.size() + " of them", "1 to " + Session.EVENTS_MAX);
        }
        JsonWriter json = new JsonWriter().openObject().openArray("events");
        for (EventsPublished.Outcome outcome : timeLimit.await(session.publish(lease, events))) {
            json.openObject()
                    .uuid("event_id", WorkerRegistration.uuid(outcome.getEventId()))
                    .text("status", outcome.getStatus().name());
            if (!outcome.getReason().isEmpty()) {
                json.text("reason", outcome.getReason());
            }
            json.closeObject();
        }
        return Reply.ok(json.closeArray().closeObject().toBytes());
    }

    private static NewEvent read(WorkerBody body) {
        UUID id = body.uuid("event_id");
        NewEvent.Builder event = NewEvent.newBuilder()
                .setEventId(WorkerRegistration.bytes(id == null ? UUID.randomUUID() : id))
                .setName(body.text("name", ""))
                .setPayloadJson(body.requiredJson("payload"));
        String mode = body.text("delivery_mode");
        if (mode != null) {
            event.setDeliveryMode(mode);
        }
        return event.build();
    }

    /** Events that a subscription of the session wants. */
    static void write(JsonWriter json, List<Event> events) {
        json.openArray("events");
        for (Event event : events) {
            json.openObject()
                    .number("subscription_id", event.getSubscriptionId())
                    .raw("event", event.getEventJson())
                    .closeObject();
        }
        json.closeArray();
    }
}
