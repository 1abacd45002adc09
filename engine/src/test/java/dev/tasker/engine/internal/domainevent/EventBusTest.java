package dev.tasker.engine.internal.domainevent;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.DomainEvent;
import dev.tasker.engine.DomainEventConfig;
import dev.tasker.engine.DomainEventSubscriber;
import dev.tasker.engine.DomainEventSubscription;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** The bus within the process (04 §6.6). */
class EventBusTest {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    private static EventBus bus(int capacity, Duration timeout) {
        return new EventBus(new DomainEventConfig(Duration.ofDays(1), capacity, timeout));
    }

    private static DomainEvent event(String name) {
        return new DomainEvent(UUID.randomUUID(), name, "shop", UUID.randomUUID(), UUID.randomUUID(), "{}");
    }

    private String next() throws InterruptedException {
        return String.valueOf(heard.poll(5, SECONDS));
    }

    /** Says everything it is called for. */
    private final class Hearer implements DomainEventSubscriber {
        @Override
        public boolean beforeHandle(DomainEvent event) {
            heard.add("before " + event.eventName());
            return !event.eventName().startsWith("vetoed");
        }

        @Override
        public void handle(DomainEvent event) throws Exception {
            heard.add("handle " + event.eventName());
            if (event.eventName().startsWith("bad")) {
                throw new Exception("no");
            }
        }

        @Override
        public void afterHandle(DomainEvent event) {
            heard.add("after " + event.eventName());
        }

        @Override
        public void onHandleError(DomainEvent event, Throwable failure) {
            heard.add("error " + event.eventName() + " " + failure.getMessage());
            throw new IllegalStateException("not even this");
        }
    }

    @Test
    void hooksAreCalledInOrderAndFailuresConcernNobodyElse() throws Exception {
        try (EventBus bus = bus(10, Duration.ofSeconds(5))) {
            DomainEventSubscription subscription = bus.subscribe("*", new Hearer());

            bus.tell(event("good.one"));
            bus.tell(event("bad.one"));
            bus.tell(event("vetoed.one"));
            bus.tell(event("good.two"));

            for (String expected : new String[] {
                "before good.one", "handle good.one", "after good.one", "before bad.one", "handle bad.one",
                "error bad.one no", "before vetoed.one", "before good.two", "handle good.two", "after good.two"
            }) {
                assertThat(next()).isEqualTo(expected);
            }
            assertThat(subscription.figures().errors()).isEqualTo(1);
            assertThat(bus.figures().handlerErrors()).isEqualTo(1);
            assertThat(bus.figures().handlerDispatches()).isEqualTo(4);
        }
    }

    @Test
    void slowSubscriberLosesTheOldestAndHoldsUpNobody() throws Exception {
        try (EventBus bus = bus(2, Duration.ofSeconds(30))) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            DomainEventSubscription slow = bus.subscribe("*", event -> {
                begun.countDown();
                go.await();
                heard.add("slow " + event.eventName());
            });
            bus.tell(event("n.0"));
            assertThat(begun.await(5, SECONDS)).isTrue();
            bus.subscribe("*.4", event -> heard.add("quick " + event.eventName()));

            for (int i = 1; i <= 4; i++) {
                bus.tell(event("n." + i));
            }

            assertThat(next()).isEqualTo("quick n.4");
            assertThat(slow.figures().dropped()).isEqualTo(2);
            assertThat(bus.figures().dropped()).isEqualTo(2);
            go.countDown();
            assertThat(next()).isEqualTo("slow n.0");
            assertThat(next()).isEqualTo("slow n.3");
            assertThat(next()).isEqualTo("slow n.4");
        }
    }

    @Test
    void handlerThatTakesTooLongIsInterruptedAndTheNextEventComes() throws Exception {
        try (EventBus bus = bus(10, Duration.ofMillis(50))) {
            CountDownLatch never = new CountDownLatch(1);
            DomainEventSubscription subscription = bus.subscribe("*", new DomainEventSubscriber() {
                @Override
                public void handle(DomainEvent event) throws Exception {
                    if (event.eventName().equals("slow.one")) {
                        never.await();
                    }
                    heard.add("handled " + event.eventName());
                }

                @Override
                public void onHandleError(DomainEvent event, Throwable failure) {
                    heard.add("error " + (failure instanceof TimeoutException));
                }
            });

            bus.tell(event("slow.one"));
            bus.tell(event("next.one"));

            assertThat(next()).isEqualTo("error true");
            assertThat(next()).isEqualTo("handled next.one");
            assertThat(subscription.figures().timeouts()).isEqualTo(1);
        }
    }

    @Test
    void closedSubscriptionHearsNothingMore() throws Exception {
        try (EventBus bus = bus(10, Duration.ofSeconds(5))) {
            DomainEventSubscription closed = bus.subscribe("*", event -> heard.add("closed"));
            bus.subscribe("*", event -> heard.add("open"));
            assertThat(bus.figures().subscribers()).isEqualTo(2);
            assertThat(bus.figures().patterns()).isEqualTo(1);
            closed.close();

            bus.tell(event("any.one"));

            assertThat(next()).isEqualTo("open");
            assertThat(heard).isEmpty();
            assertThat(bus.figures().subscribers()).isEqualTo(1);
        }
    }
}
