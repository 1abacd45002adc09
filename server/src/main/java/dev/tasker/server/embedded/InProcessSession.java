package dev.tasker.server.embedded;

import dev.tasker.engine.BackoffRequest;
import dev.tasker.engine.Completion;
import dev.tasker.engine.DomainEventSubscription;
import dev.tasker.engine.EventPayload;
import dev.tasker.engine.EventPublication;
import dev.tasker.engine.Session;
import dev.tasker.engine.StepResult;
import dev.tasker.server.gateway.GatewayConfig;
import dev.tasker.template.DeliveryMode;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.BackoffHint;
import dev.tasker.worker.Checkpoint;
import dev.tasker.worker.CompletionStatus;
import dev.tasker.worker.RejectReason;
import dev.tasker.worker.StepReport;
import dev.tasker.worker.WorkSession;
import dev.tasker.worker.event.DeclaredEvent;
import dev.tasker.worker.event.HandlerEvent;
import dev.tasker.worker.event.MadePayload;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session of the engine as workers see sessions; reports what the engine could not take until it can. */
final class InProcessSession implements WorkSession {
    private static final Logger log = LoggerFactory.getLogger(InProcessSession.class);
    private static final long PAUSE_FIRST_MS = 20;
    private static final long PAUSE_MAX_MS = 1_000;

    private final Session session;
    private final AtomicInteger returnedSlots;
    private final List<DomainEventSubscription> subscriptions;
    private volatile boolean closed;

    /**
     * @param returnedSlots slots the engine gave back by itself (rejected, lost) and the worker will grant once more; the two are to count
     *     once
     * @param subscriptions to be ended with the session
     */
    InProcessSession(Session session, AtomicInteger returnedSlots, List<DomainEventSubscription> subscriptions) {
        this.session = session;
        this.subscriptions = List.copyOf(subscriptions);
        this.returnedSlots = returnedSlots;
    }

    @Override
    public UUID sessionId() {
        return session.uuid();
    }

    @Override
    public void grant(int slots) {
        int before = returnedSlots.getAndUpdate(returned -> Math.max(0, returned - slots));
        int missing = slots - before;
        if (missing > 0) {
            session.grant(missing);
        }
    }

    @Override
    public CompletableFuture<CompletionStatus> complete(Assignment assignment, StepReport report) {
        if (isTooLarge(report.document())) {
            log.warn("{}: result refused (expected: <= {} bytes)", assignment, GatewayConfig.RESULT_BYTES_MAX);
            return CompletableFuture.completedFuture(CompletionStatus.INVALID);
        }
        StepResult result = toEngine(report);
        int token = Math.toIntExact(assignment.leaseToken());
        CompletableFuture<CompletionStatus> answer = new CompletableFuture<>();
        repeat(() -> session.complete(assignment.stepUuid(), token, result), PAUSE_FIRST_MS, answer);
        return answer;
    }

    /** Most documents are so short that nobody has to count their bytes. */
    private static boolean isTooLarge(String document) {
        return document.length() > GatewayConfig.RESULT_BYTES_MAX / 3
                && document.getBytes(StandardCharsets.UTF_8).length > GatewayConfig.RESULT_BYTES_MAX;
    }

    @Override
    public CompletableFuture<CompletionStatus> checkpoint(Assignment assignment, Checkpoint checkpoint) {
        return save(assignment, checkpoint, false);
    }

    @Override
    public CompletableFuture<CompletionStatus> yieldAt(Assignment assignment, Checkpoint checkpoint) {
        return save(assignment, checkpoint, true);
    }

    private CompletableFuture<CompletionStatus> save(Assignment assignment, Checkpoint checkpoint, boolean yields) {
        var saved = new dev.tasker.engine.Checkpoint(
                checkpoint.cursorJson(), checkpoint.itemsProcessed(), checkpoint.accumulatedResultsJson(), yields);
        int token = Math.toIntExact(assignment.leaseToken());
        CompletableFuture<CompletionStatus> answer = new CompletableFuture<>();
        repeat(() -> session.checkpoint(assignment.stepUuid(), token, saved), PAUSE_FIRST_MS, answer);
        return answer;
    }

    @Override
    public CompletableFuture<CompletionStatus> publish(Assignment assignment, HandlerEvent event) {
        DeclaredEvent.Mode mode = event.mode();
        var published = new dev.tasker.engine.HandlerEvent(
                event.eventId(),
                event.name(),
                event.payloadJson(),
                mode == null ? null : DeliveryMode.valueOf(mode.name()));
        int token = Math.toIntExact(assignment.leaseToken());
        CompletableFuture<CompletionStatus> answer = new CompletableFuture<>();
        repeat(
                () -> session.publish(assignment.stepUuid(), token, List.of(published))
                        .thenApply(publications -> told(assignment, publications.getFirst())),
                PAUSE_FIRST_MS,
                answer);
        return answer;
    }

    private static Completion told(Assignment assignment, EventPublication publication) {
        if (publication.status() == Completion.INVALID) {
            log.warn("{}: event {} refused: {}", assignment, publication.eventId(), publication.reason());
        }
        return publication.status();
    }

    @Override
    public void reject(Assignment assignment, RejectReason reason) {
        returnedSlots.incrementAndGet();
        int token = Math.toIntExact(assignment.leaseToken());
        Supplier<CompletableFuture<Completion>> call = switch (reason) {
            case HANDLER_NOT_FOUND -> () -> session.unhandled(assignment.stepUuid(), token);
            case SHUTTING_DOWN -> () -> session.reject(assignment.stepUuid(), token);
        };
        repeat(call, PAUSE_FIRST_MS, new CompletableFuture<>());
    }

    @Override
    public void drain() {
        session.drain();
    }

    @Override
    public void close() {
        closed = true;
        subscriptions.forEach(DomainEventSubscription::close);
        session.close();
    }

    private void repeat(
            Supplier<CompletableFuture<Completion>> call, long pauseMs, CompletableFuture<CompletionStatus> answer) {
        var _ = call.get().whenComplete((completion, failure) -> {
            if (failure == null) {
                answer.complete(toWorker(completion));
                return;
            }
            Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                    ? wrapped.getCause()
                    : failure;
            if (closed || !InProcessWorkSource.isPassing(cause)) {
                answer.completeExceptionally(cause);
                return;
            }
            log.debug("The engine cannot take a report now ({}), next attempt in {} ms", cause.getMessage(), pauseMs);
            CompletableFuture.delayedExecutor(pauseMs, TimeUnit.MILLISECONDS, Thread::startVirtualThread)
                    .execute(() -> repeat(call, Math.min(2 * pauseMs, PAUSE_MAX_MS), answer));
        });
    }

    static StepResult toEngine(StepReport report) {
        BackoffHint hint = report.backoffHint();
        int executionMs =
                (int) Math.min(Integer.MAX_VALUE, report.executionTime().toMillis());
        StepResult result =
                new StepResult(report.success(), report.retryable(), executionMs, toEngine(hint), report.document());
        return report.eventPayloads().isEmpty() ? result : result.withEventPayloads(toEngine(report.eventPayloads()));
    }

    private static @Nullable BackoffRequest toEngine(@Nullable BackoffHint hint) {
        return hint == null
                ? null
                : new BackoffRequest(BackoffRequest.Kind.of(hint.kind().wireName()), hint.delay());
    }

    private static Map<String, EventPayload> toEngine(Map<String, MadePayload> payloads) {
        Map<String, EventPayload> converted = new HashMap<>();
        payloads.forEach((event, made) -> converted.put(
                event, new EventPayload(made.publisher(), made.payloadJson(), made.metadataJson(), made.declined())));
        return converted;
    }

    private static CompletionStatus toWorker(Completion completion) {
        return switch (completion) {
            case ACCEPTED -> CompletionStatus.ACCEPTED;
            case DUPLICATE -> CompletionStatus.DUPLICATE;
            case STALE_LEASE -> CompletionStatus.STALE_LEASE;
            case INVALID -> CompletionStatus.INVALID;
        };
    }
}
