package dev.tasker.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.worker.event.DomainEvent;
import dev.tasker.worker.event.EventSubscriber;
import dev.tasker.worker.event.SubscriberRegistry;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events of others on their way to a worker's subscribers (04 §6.6). */
@Timeout(30)
class EventDeliveryTest {
    private final SubscriberRegistry registry = new SubscriberRegistry();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private EventDelivery delivery = new EventDelivery(registry.subscriptions());

    @AfterEach
    void close() {
        delivery.close();
    }

    private void start(Duration patience) {
        delivery = new EventDelivery(registry.subscriptions(), patience);
    }

    private static DomainEvent event(String name) {
        return new DomainEvent(UUID.randomUUID(), name, "shop", new UUID(1, 1), new UUID(1, 2), "{}");
    }

    private String next() {
        return HandDrivenSource.take(heard);
    }

    /** Notes everything, and lets a test say what becomes of an event. */
    private class Recorder implements EventSubscriber {
        @Override
        public void handle(DomainEvent event) throws Exception {
            heard.add("handle " + event.eventName());
        }

        @Override
        public void afterHandle(DomainEvent event) {
            heard.add("after " + event.eventName());
        }

        @Override
        public void onHandleError(DomainEvent event, Throwable failure) {
            heard.add("error " + failure.getClass().getSimpleName());
            throw new IllegalStateException("and this concerns nobody");
        }
    }

    @Test
    void subscriberHearsItsEventsInOrderWithItsHooks() {
        registry.register("a.*", new Recorder() {
            @Override
            public boolean beforeHandle(DomainEvent event) {
                return !event.eventName().equals("a.unwanted");
            }
        });
        start(Duration.ofSeconds(20));

        delivery.deliver(0, event("a.unwanted"));
        delivery.deliver(0, event("a.first"));
        delivery.deliver(0, event("a.second"));
        delivery.deliver(1, event("a.nobody"));
        delivery.deliver(-1, event("a.nobody"));

        assertThat(next()).isEqualTo("handle a.first");
        assertThat(next()).isEqualTo("after a.first");
        assertThat(next()).isEqualTo("handle a.second");
        assertThat(next()).isEqualTo("after a.second");
        assertThat(heard).isEmpty();
    }

    @Test
    void subscriberThatFailsHearsOfItAndConcernsNobodyElse() {
        registry.register("a.*", new Recorder() {
            @Override
            public void handle(DomainEvent event) {
                throw new IllegalArgumentException("no");
            }
        });
        registry.register("*", event -> heard.add("other " + event.eventName()));
        start(Duration.ofSeconds(20));

        delivery.deliver(0, event("a.first"));
        assertThat(next()).isEqualTo("error IllegalArgumentException");
        delivery.deliver(0, event("a.second"));
        assertThat(next()).isEqualTo("error IllegalArgumentException");
        delivery.deliver(1, event("a.first"));
        assertThat(next()).isEqualTo("other a.first");
    }

    @Test
    void subscriberThatTakesTooLongIsInterruptedAndHearsTheNext() {
        var never = new CountDownLatch(1);
        registry.register("*", new Recorder() {
            @Override
            public void handle(DomainEvent event) throws Exception {
                if (event.eventName().equals("a.slow")) {
                    never.await();
                }
                super.handle(event);
            }
        });
        start(Duration.ofMillis(50));

        delivery.deliver(0, event("a.slow"));
        delivery.deliver(0, event("a.quick"));

        assertThat(next()).isEqualTo("error " + TimeoutException.class.getSimpleName());
        assertThat(next()).isEqualTo("handle a.quick");
    }

    @Test
    void oldestEventGivesWayWhenASubscriberIsTooSlow() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        registry.register("*", event -> {
            begun.countDown();
            go.await();
            heard.add(event.eventName());
        });
        start(Duration.ofSeconds(20));
        delivery.deliver(0, event("held"));
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

        for (int i = 0; i <= EventDelivery.WAITING_MAX; i++) {
            delivery.deliver(0, event("e" + i));
        }
        go.countDown();

        assertThat(next()).isEqualTo("held");
        assertThat(next()).as("e0 gave way").isEqualTo("e1");
    }

    @Test
    void patternOfNothingIsRefused() {
        assertThatThrownBy(() -> registry.register(" ", event -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pattern: ' '");
    }
}
