package dev.tasker.worker;

import dev.tasker.worker.event.DeclaredEvent;
import dev.tasker.worker.event.EventPublisher;
import dev.tasker.worker.event.MadePayload;
import dev.tasker.worker.event.PublishContext;
import dev.tasker.worker.event.PublisherRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks publishers for the payloads of a step's events between its outcome and the report of it. A publisher that fails or takes too long
 * declines the event and holds the report up by that time at most; a step without custom publishers costs a look at an empty list.
 */
final class StepPublishing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StepPublishing.class);
    private static final long PATIENCE_MS = 1_000;

    private final PublisherRegistry registry;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> missed = ConcurrentHashMap.newKeySet();

    StepPublishing(PublisherRegistry registry) {
        this.registry = registry;
    }

    /** The report with what custom publishers made of the events that the outcome may publish. */
    StepReport published(Assignment assignment, StepReport report) {
        Map<String, MadePayload> payloads = null;
        for (DeclaredEvent event : assignment.step().publishedEvents()) {
            EventPublisher publisher = publisher(event);
            boolean mayRetry = EventRouting.mayRetry(assignment, report);
            // the server may know better whether a failure is final, so it gets what either would need
            if (publisher == null
                    || (!event.condition().meets(report.success(), mayRetry)
                            && !event.condition().meets(report.success(), false))) {
                continue;
            }
            payloads = payloads == null ? new HashMap<>() : payloads;
            payloads.put(
                    event.name(),
                    patiently(
                            publisher,
                            new PublishContext(
                                    assignment,
                                    event,
                                    report.success(),
                                    mayRetry,
                                    report.executionTime(),
                                    report.document())));
        }
        return payloads == null ? report : report.withEventPayloads(payloads);
    }

    private @Nullable EventPublisher publisher(DeclaredEvent event) {
        String name = event.publisher();
        if (name == null || name.equals(PublisherRegistry.DEFAULT)) {
            return null;
        }
        EventPublisher publisher = registry.get(name).orElse(null);
        if (publisher == null && missed.add(name)) {
            LOG.warn("publisher {} of event {} is not registered: the default one publishes", name, event.name());
        }
        return publisher;
    }

    private MadePayload patiently(EventPublisher publisher, PublishContext context) {
        Future<MadePayload> making = threads.submit(() -> make(publisher, context));
        try {
            return making.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            failed(publisher, context, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            making.cancel(true);
            failed(publisher, context, e);
        } catch (InterruptedException e) {
            making.cancel(true);
            Thread.currentThread().interrupt();
        }
        return MadePayload.declined(publisher.name());
    }

    private static MadePayload make(EventPublisher publisher, PublishContext context) {
        if (!publisher.shouldPublish(context)) {
            return MadePayload.declined(publisher.name());
        }
        Object payload = publisher.transformPayload(context);
        Map<String, ?> metadata = publisher.additionalMetadata(context);
        String event = context.event().name();
        if (!publisher.beforePublish(event, payload, metadata)) {
            return MadePayload.declined(publisher.name());
        }
        MadePayload made = new MadePayload(
                publisher.name(),
                payload == null ? null : Json.MAPPER.writeValueAsString(payload),
                metadata.isEmpty() ? null : Json.MAPPER.writeValueAsString(metadata),
                false);
        publisher.afterPublish(event, payload, metadata);
        return made;
    }

    private static void failed(EventPublisher publisher, PublishContext context, Throwable failure) {
        LOG.warn(
                "publisher {} failed on event {} of {}; it is not published",
                publisher.name(),
                context.event().name(),
                context.assignment(),
                failure);
        try {
            publisher.onPublishError(context.event().name(), failure);
        } catch (RuntimeException e) {
            LOG.warn("publisher {} failed to hear of its failure", publisher.name(), e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
