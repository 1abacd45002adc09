package dev.tasker.server.gateway;

import com.google.protobuf.ByteString;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.EventPublication;
import dev.tasker.engine.HandlerEvent;
import dev.tasker.engine.Session;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.EventsPublished;
import dev.tasker.protocol.worker.v1.NewEvent;
import dev.tasker.protocol.worker.v1.PublishEvents;
import dev.tasker.template.DeliveryMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the events that handlers of one stream publish to the engine and the answers back. What the engine cannot take now is repeated. */
final class EventRelay {
    private static final Logger LOG = LoggerFactory.getLogger(EventRelay.class);
    private static final String TOO_MANY = "events: %d (expected: 1 to " + Session.EVENTS_MAX + " in one message)";

    private final WorkerStream stream;
    private final StreamLeases leases;
    private final Redelivery redelivery;
    private final ReportGuard guard;
    private final AtomicInteger underWay = new AtomicInteger();

    EventRelay(WorkerStream stream, StreamLeases leases, Redelivery redelivery, ReportGuard guard) {
        this.stream = stream;
        this.leases = leases;
        this.redelivery = redelivery;
        this.guard = guard;
    }

    /** Events of one lease on their way to the engine. */
    private record Delivery(LeaseKey lease, List<HandlerEvent> events, int length, int failures) {
        Delivery again() {
            return new Delivery(lease, events, length, failures + 1);
        }
    }

    void relay(PublishEvents message) {
        EventsPublished.Builder refused = EventsPublished.newBuilder();
        Delivery delivery = read(message, refused);
        if (refused.getOutcomesCount() > 0) {
            stream.answer(refused.build());
        }
        if (delivery == null) {
            return;
        }
        if (underWay.incrementAndGet() > stream.reportsMax()) {
            underWay.decrementAndGet(); // no answer: the worker sends them again, or gives up
            return;
        }
        if (leases.linkOf(delivery.lease()) == null) {
            handIfAllowed(delivery);
        } else {
            hand(delivery);
        }
    }

    /** What can be handed on; what cannot is among {@code refused}. */
    private static @Nullable Delivery read(PublishEvents message, EventsPublished.Builder refused) {
        LeaseKey lease;
        try {
            lease = LeaseKey.read(message.getStepUuid(), message.getLeaseToken());
            if (message.getEventsCount() < 1 || message.getEventsCount() > Session.EVENTS_MAX) {
                throw new InvalidResultException(TOO_MANY.formatted(message.getEventsCount()));
            }
        } catch (InvalidResultException e) {
            message.getEventsList().forEach(event -> refused.addOutcomes(invalid(event.getEventId(), e.reason())));
            return null;
        }
        List<HandlerEvent> events = new ArrayList<>();
        int length = 0;
        for (NewEvent event : message.getEventsList()) {
            try {
                events.add(read(event));
                length += event.getPayloadJson().length();
            } catch (InvalidResultException e) {
                refused.addOutcomes(invalid(event.getEventId(), e.reason()));
            }
        }
        return events.isEmpty() ? null : new Delivery(lease, events, length, 0);
    }

    private static HandlerEvent read(NewEvent event) throws InvalidResultException {
        if (!LeaseKey.isUuid(event.getEventId())) {
            throw new InvalidResultException("event_id: " + event.getEventId().size() + " bytes (expected: 16)");
        }
        return new HandlerEvent(
                LeaseKey.uuid(event.getEventId()), event.getName(), event.getPayloadJson(), mode(event));
    }

    private static @Nullable DeliveryMode mode(NewEvent event) throws InvalidResultException {
        if (!event.hasDeliveryMode()) {
            return null;
        }
        for (DeliveryMode mode : DeliveryMode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(event.getDeliveryMode())) {
                return mode;
            }
        }
        throw new InvalidResultException(
                "delivery_mode: '" + event.getDeliveryMode() + "' (expected: durable, fast or broadcast)");
    }

    private void handIfAllowed(Delivery delivery) {
        var _ = guard.allows(delivery.lease().stepUuid()).whenComplete((isAllowed, failure) -> {
            if (failure != null) {
                underWay.decrementAndGet(); // no answer, as above
            } else if (isAllowed) {
                hand(delivery);
            } else {
                answer(delivery, Completed.Status.STALE_LEASE, ReportGuard.OUTSIDE);
            }
        });
    }

    private void hand(Delivery delivery) {
        EngineLink link = leases.linkOf(delivery.lease());
        LeaseKey lease = delivery.lease();
        var _ = (link == null ? leases.own() : link)
                .session()
                .publish(lease.stepUuid(), lease.token(), delivery.events())
                .whenComplete((publications, failure) -> {
                    if (publications == null) {
                        failed(delivery, failure);
                    } else {
                        published(publications);
                    }
                });
    }

    private void published(List<EventPublication> publications) {
        EventsPublished.Builder answer = EventsPublished.newBuilder();
        for (EventPublication publication : publications) {
            answer.addOutcomes(EventsPublished.Outcome.newBuilder()
                    .setEventId(LeaseKey.bytes(publication.eventId()))
                    .setStatus(ResultRelay.status(publication.status()))
                    .setReason(publication.reason()));
        }
        underWay.decrementAndGet();
        stream.answer(answer.build());
    }

    private void failed(Delivery delivery, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        ErrorCode code = cause instanceof EngineException engine ? engine.code() : ErrorCode.INTERNAL;
        if (code.kind() != ErrorCode.Kind.UNAVAILABLE) {
            LOG.error(
                    "events of step {} refused by the engine", delivery.lease().stepUuid(), cause);
            answer(delivery, Completed.Status.INVALID, String.valueOf(cause.getMessage()));
            return;
        }
        if (code == ErrorCode.CLOSED
                || !stream.isConnected()
                || !redelivery.later(delivery.failures(), delivery.length(), () -> hand(delivery.again()))) {
            underWay.decrementAndGet(); // no answer, as above
        }
    }

    private void answer(Delivery delivery, Completed.Status status, String reason) {
        EventsPublished.Builder answer = EventsPublished.newBuilder();
        delivery.events()
                .forEach(event -> answer.addOutcomes(EventsPublished.Outcome.newBuilder()
                        .setEventId(LeaseKey.bytes(event.eventId()))
                        .setStatus(status)
                        .setReason(reason)));
        underWay.decrementAndGet();
        stream.answer(answer.build());
    }

    private static EventsPublished.Outcome invalid(ByteString eventId, String reason) {
        return EventsPublished.Outcome.newBuilder()
                .setEventId(eventId)
                .setStatus(Completed.Status.INVALID)
                .setReason(reason)
                .build();
    }
}
