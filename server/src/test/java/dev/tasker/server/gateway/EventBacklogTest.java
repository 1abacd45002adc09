package dev.tasker.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.protocol.worker.v1.Event;
import org.junit.jupiter.api.Test;

/** Events that wait for a worker. */
class EventBacklogTest {
    private final EventBacklog backlog = new EventBacklog();

    private static Event event(int number, int length) {
        return Event.newBuilder()
                .setSubscriptionId(number)
                .setEventJson("x".repeat(length))
                .build();
    }

    @Test
    void oldestGiveWayToOneTooMany() {
        for (int i = 0; i <= EventBacklog.EVENTS_MAX; i++) {
            backlog.add(event(i, 10));
        }
        assertThat(backlog.take(Long.MAX_VALUE))
                .hasSize(EventBacklog.EVENTS_MAX)
                .first()
                .extracting(Event::getSubscriptionId)
                .isEqualTo(1);
        assertThat(backlog.poll()).isNull();
    }

    @Test
    void oldestGiveWayToTooManyBytesButTheLastStays() {
        int half = (int) EventBacklog.BYTES_MAX / 2;
        backlog.add(event(1, half));
        backlog.add(event(2, half));
        assertThat(backlog.poll()).extracting(Event::getSubscriptionId).isEqualTo(2);
        backlog.add(event(3, 3 * half));
        assertThat(backlog.poll()).extracting(Event::getSubscriptionId).isEqualTo(3);
    }

    @Test
    void answerHoldsAboutAsMuchAsItMayAndOneAtLeast() {
        backlog.add(event(1, 100));
        backlog.add(event(2, 100));
        backlog.add(event(3, 100));
        assertThat(backlog.take(150)).hasSize(2);
        assertThat(backlog.take(1)).hasSize(1);
        assertThat(backlog.take(1)).isEmpty();
        assertThat(backlog.isEmpty()).isTrue();
    }
}
