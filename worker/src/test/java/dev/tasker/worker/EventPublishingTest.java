package dev.tasker.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.worker.event.DeclaredEvent;
import dev.tasker.worker.event.EventPublisher;
import dev.tasker.worker.event.MadePayload;
import dev.tasker.worker.event.PublishContext;
import dev.tasker.worker.event.PublisherRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a worker's publishers make of events, and how the worker counts them (04 §6.4, §6.8). */
class EventPublishingTest {
    private static final StepReport SUCCESS =
            new StepReport(true, false, Duration.ofMillis(7), null, null, null, "{\"success\":true}");
    private static final StepReport FAILURE =
            new StepReport(false, true, Duration.ofMillis(7), null, "x", null, "{\"success\":false}");

    private final List<String> calls = new ArrayList<>();
    private final PublisherRegistry registry = new PublisherRegistry();
    private final StepPublishing publishing = new StepPublishing(registry);

    @AfterEach
    void close() {
        publishing.close();
    }

    /** Says what it is called for; what it does depends on the event's name. */
    private final class Recording implements EventPublisher {
        @Override
        public String name() {
            return "Mine";
        }

        @Override
        public boolean shouldPublish(PublishContext context) {
            calls.add("should");
            return !context.event().name().equals("un.wanted");
        }

        @Override
        public @Nullable Object transformPayload(PublishContext context) {
            calls.add("transform " + context.mayRetry() + " " + context.executionTime());
            if (context.event().name().equals("bro.ken")) {
                throw new IllegalStateException("no");
            }
            return context.event().name().equals("by.default") ? null : Map.of("sum", 1);
        }

        @Override
        public Map<String, ?> additionalMetadata(PublishContext context) {
            calls.add("metadata");
            return context.event().name().equals("by.default") ? Map.of() : Map.of("tier", "gold");
        }

        @Override
        public boolean beforePublish(String eventName, @Nullable Object payload, Map<String, ?> metadata) {
            calls.add("before " + payload + " " + metadata);
            return !eventName.equals("ve.toed");
        }

        @Override
        public void afterPublish(String eventName, @Nullable Object payload, Map<String, ?> metadata) {
            calls.add("after");
        }

        @Override
        public void onPublishError(String eventName, Throwable failure) {
            calls.add("error " + failure.getMessage());
            throw new IllegalStateException("not even this");
        }
    }

    private static Assignment assignment(int attempt, DeclaredEvent... events) {
        return new Assignment(
                UUID.randomUUID(),
                UUID.randomUUID(),
                1,
                attempt,
                3,
                Duration.ZERO,
                new TaskView("shop", "order", "1.0.0", UUID.randomUUID(), null, "{}", 0, "me", "here", "why"),
                new StepView("pay", "pay", "pay", "call", null, "{}", null, null, null, List.of(events)),
                Map.of());
    }

    private static DeclaredEvent event(String name, String condition, String mode, @Nullable String publisher) {
        return DeclaredEvent.of(name, condition, mode, publisher);
    }

    private static DeclaredEvent own(String name) {
        return event(name, "success", "durable", "Mine");
    }

    @Test
    void hooksAreCalledInOrder() {
        registry.register(new Recording());

        StepReport report = publishing.published(assignment(1, own("order.paid")), SUCCESS);

        assertThat(calls)
                .containsExactly(
                        "should", "transform false PT0.007S", "metadata", "before {sum=1} {tier=gold}", "after");
        assertThat(report.eventPayloads())
                .containsExactly(
                        Map.entry("order.paid", new MadePayload("Mine", "{\"sum\":1}", "{\"tier\":\"gold\"}", false)));
        assertThat(report.document()).isEqualTo(SUCCESS.document());
    }

    @Test
    void publisherDeclinesVetoesLeavesThePayloadOrFails() {
        registry.register(new Recording());

        StepReport report = publishing.published(
                assignment(1, own("un.wanted"), own("ve.toed"), own("bro.ken"), own("by.default")), SUCCESS);

        MadePayload declined = MadePayload.declined("Mine");
        assertThat(report.eventPayloads())
                .isEqualTo(Map.of(
                        "un.wanted", declined,
                        "ve.toed", declined,
                        "bro.ken", declined,
                        "by.default", new MadePayload("Mine", null, null, false)));
        assertThat(calls).contains("error no");
    }

    @Test
    void publisherThatHangsDeclinesAndHoldsTheReportUpForAWhileOnly() {
        CountDownLatch never = new CountDownLatch(1);
        registry.register(new EventPublisher() {
            @Override
            public String name() {
                return "Mine";
            }

            @Override
            public @Nullable Object transformPayload(PublishContext context) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return null;
            }
        });

        StepReport report = publishing.published(assignment(1, own("order.paid")), SUCCESS);

        assertThat(report.eventPayloads()).containsExactly(Map.entry("order.paid", MadePayload.declined("Mine")));
    }

    @Test
    void eventsWithoutAKnownPublisherOrWithAnotherOutcomeAreTheServers() {
        registry.register(new Recording());

        StepReport report = publishing.published(
                assignment(
                        1,
                        event("order.paid", "success", "durable", null),
                        event("order.seen", "success", "durable", "Unknown"),
                        event("order.usual", "success", "durable", "default"),
                        event("order.failed", "failure", "durable", "Mine")),
                SUCCESS);

        assertThat(report).isSameAs(SUCCESS);
        assertThat(calls).isEmpty();
    }

    @Test
    void bothKindsOfFailureGetAPayloadBecauseTheServerDecidesWhichItIs() {
        registry.register(new Recording());

        StepReport report = publishing.published(
                assignment(
                        1,
                        event("it.waits", "retryable_failure", "durable", "Mine"),
                        event("it.ended", "permanent_failure", "durable", "Mine")),
                FAILURE);

        assertThat(report.eventPayloads()).containsOnlyKeys("it.waits", "it.ended");
    }

    @Test
    void eventsAreCountedByModeAsTheWorkerExpectsThem() {
        EventStatistics statistics = new EventStatistics();
        DeclaredEvent[] events = {
            event("a.success", "success", "durable", null),
            event("a.failure", "failure", "fast", null),
            event("a.retry", "retryable_failure", "broadcast", null),
            event("a.final", "permanent_failure", "durable", null),
            event("a.always", "always", "fast", "Mine")
        };

        statistics.finished(assignment(1, events), SUCCESS);
        assertThat(statistics.snapshot()).isEqualTo(new EventStatistics.Snapshot(1, 1, 0, 0));
        statistics.finished(assignment(1, events), FAILURE);
        assertThat(statistics.snapshot()).isEqualTo(new EventStatistics.Snapshot(1, 3, 1, 0));
        statistics.finished(assignment(3, events), FAILURE);
        assertThat(statistics.snapshot()).isEqualTo(new EventStatistics.Snapshot(2, 5, 1, 0));
        statistics.finished(
                assignment(1, events), SUCCESS.withEventPayloads(Map.of("a.always", MadePayload.declined("Mine"))));
        assertThat(statistics.snapshot()).isEqualTo(new EventStatistics.Snapshot(3, 5, 1, 1));
        assertThat(statistics.snapshot().totalRouted()).isEqualTo(9);
        assertThat(statistics.snapshot().inProcess()).isEqualTo(6);
    }

    @Test
    void registryKnowsItsPublishersByName() {
        registry.register(new Recording());

        assertThat(registry.contains("Mine")).isTrue();
        assertThat(registry.registeredNames()).containsExactly("Mine");
        assertThat(registry.getStrict("Mine").name()).isEqualTo("Mine");
        assertThat(registry.validateRequiredPublishers(List.of("Mine", "default", "Theirs", "Theirs")))
                .containsExactly("Theirs");
        assertThatThrownBy(() -> registry.getStrict("Theirs"))
                .hasMessageContaining("'Theirs' (expected: one of [Mine])");
        registry.unregister("Mine");
        assertThat(registry.get("Mine")).isEmpty();
        EventPublisher reserved = new EventPublisher() {
            @Override
            public String name() {
                return "default";
            }

            @Override
            public @Nullable Object transformPayload(PublishContext context) {
                return null;
            }
        };
        assertThatThrownBy(() -> registry.register(reserved)).hasMessageContaining("another name");
    }
}
