package dev.tasker.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.DomainEventStatistics;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.server.embedded.InProcessWorkSource;
import dev.tasker.server.security.Authenticator;
import dev.tasker.template.TemplateParser;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.worker.EventStatistics;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.event.EventPublisher;
import dev.tasker.worker.event.PublishContext;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The domain-event workflow (09 §6) through worker, transport and engine. */
@ExtendWith(DatabaseExtension.class)
class RemoteEventTest {
    private static final Path TEMPLATE = Path.of(System.getProperty("tasker.repository"))
            .resolve("../shared/templates/native/domain_event_publishing.yaml");

    private static final HandlerRegistry HANDLERS = HandlerRegistry.builder()
            .handler(
                    "domain_events::validate_order::ValidateOrderHandler",
                    _ -> StepResult.success(Map.of("order_id", "o", "validation_timestamp", "t", "validated", true)))
            .handler(
                    "domain_events::process_payment::ProcessPaymentHandler",
                    _ -> StepResult.success(
                            Map.of("transaction_id", "TXN-1", "amount", 3, "payment_method", "credit_card")))
            .handler(
                    "domain_events::update_inventory::UpdateInventoryHandler",
                    _ -> StepResult.success(Map.of("order_id", "o", "items", List.of(), "success", true)))
            .handler(
                    "domain_events::send_notification::SendNotificationHandler",
                    _ -> StepResult.success(
                            Map.of("notification_id", "NOTIF-1", "channel", "email", "recipient", "me")))
            .build();

    /** Adds the currency to the payment. */
    private static final class Payments implements EventPublisher {
        @Override
        public String name() {
            return "PaymentEventPublisher";
        }

        @Override
        public Object transformPayload(PublishContext context) {
            return Map.of("transaction_id", "TXN-1", "amount", 3, "payment_method", "card", "currency", "USD");
        }

        @Override
        public Map<String, ?> additionalMetadata(PublishContext context) {
            return Map.of("customer_tier", "standard");
        }
    }

    private final CountDownLatch finished = new CountDownLatch(1);

    private Engine open(TestDatabase database) throws Exception {
        Engine engine = Engine.open(database.dataSource(), database.dataSource(), EngineConfig.DEFAULT, (_, state) -> {
            if (state == TaskState.COMPLETE) {
                finished.countDown();
            }
        });
        engine.register(TemplateParser.parse(TEMPLATE.toString(), Files.readString(TEMPLATE))
                .template()
                .withEnvironment("test"));
        return engine;
    }

    private void runOnce(TestDatabase database, Engine engine, WorkSource source, PublisherRegistry publishers)
            throws Exception {
        try (WorkerRuntime worker = WorkerRuntime.start(
                source, HANDLERS, publishers, WorkerConfig.defaults().withSlots(4))) {
            UUID task = engine.create(TaskRequest.of(
                            "domain_events_rust",
                            "domain_event_publishing",
                            "1.0.0",
                            "{\"order_id\":\"o\",\"customer_id\":\"c\",\"amount\":3,\"run\":\"" + UUID.randomUUID()
                                    + "\"}"))
                    .get(10, TimeUnit.SECONDS)
                    .taskUuid();
            assertThat(finished.await(20, TimeUnit.SECONDS)).isTrue();

            assertThat(worker.eventStatistics()).isEqualTo(new EventStatistics.Snapshot(1, 3, 0, 0));
            DomainEventStatistics server = engine.domainEvents().statistics();
            assertThat(List.of(server.durableRouted(), server.fastRouted(), server.failed()))
                    .containsExactly(1L, 3L, 0L);
            assertThat(database.query(
                            "SELECT event_name, message::json #>> '{payload,payload,currency}',"
                                    + " message::json #>> '{metadata,fired_by}',"
                                    + " message::json #>> '{metadata,customer_tier}'"
                                    + " FROM tasker.published_domain_events WHERE task_uuid = ?",
                            task))
                    .containsExactly(
                            publishers.registeredNames().isEmpty()
                                    ? "payment.processed null default null"
                                    : "payment.processed USD PaymentEventPublisher standard");
        }
    }

    @Test
    void remoteWorkerWithoutPublishersPublishesFourEvents(TestDatabase database) throws Exception {
        try (Engine engine = open(database);
                GatewayServer server = GatewayServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Authenticator.DISABLED,
                        null,
                        new WorkerGateway(
                                engine::openSession,
                                engine::register,
                                engine::namespaceOf,
                                GatewayConfig.DEFAULT.withDrain(Duration.ZERO)),
                        List.of());
                var source = new GrpcWorkSource("127.0.0.1:" + server.port(), GrpcWorkSourceConfig.DEFAULT)) {
            runOnce(database, engine, source, new PublisherRegistry());
        }
    }

    @Test
    void payloadOfACustomPublisherTravelsFromARemoteWorker(TestDatabase database) throws Exception {
        PublisherRegistry publishers = new PublisherRegistry();
        publishers.register(new Payments());
        try (Engine engine = open(database);
                GatewayServer server = GatewayServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Authenticator.DISABLED,
                        null,
                        new WorkerGateway(
                                engine::openSession,
                                engine::register,
                                engine::namespaceOf,
                                GatewayConfig.DEFAULT.withDrain(Duration.ZERO)),
                        List.of());
                var source = new GrpcWorkSource("127.0.0.1:" + server.port(), GrpcWorkSourceConfig.DEFAULT)) {
            runOnce(database, engine, source, publishers);
        }
    }

    @Test
    void payloadOfACustomPublisherTravelsWithinTheProcess(TestDatabase database) throws Exception {
        PublisherRegistry publishers = new PublisherRegistry();
        publishers.register(new Payments());
        try (Engine engine = open(database);
                var source = new InProcessWorkSource(engine)) {
            runOnce(database, engine, source, publishers);
        }
    }
}
