package dev.tasker.worker.remote;

import com.google.protobuf.ByteString;
import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.Checkpoint;
import dev.tasker.protocol.worker.v1.Checkpointed;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Event;
import dev.tasker.protocol.worker.v1.EventsPublished;
import dev.tasker.protocol.worker.v1.Lease;
import dev.tasker.protocol.worker.v1.NewEvent;
import dev.tasker.protocol.worker.v1.PublishEvents;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.Reject;
import dev.tasker.protocol.worker.v1.ServerMessage;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.AssignmentListener;
import dev.tasker.worker.CompletionStatus;
import dev.tasker.worker.Registration;
import dev.tasker.worker.RejectReason;
import dev.tasker.worker.StepReport;
import dev.tasker.worker.WorkSession;
import dev.tasker.worker.event.HandlerEvent;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that survives its streams: opens one after another, and tells the server what its {@link LeaseLedger} has to say and the ledger
 * what the server says.
 */
final class RemoteWorkSession implements WorkSession {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteWorkSession.class);

    private static final Duration REGISTER_TIMEOUT = Duration.ofSeconds(10);
    /** Outcomes that wait for their answer (04 §9.5); with more of them nothing more is asked for. */
    private static final int UNANSWERED_PER_SLOT_MAX = 4;

    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(2);

    private final RemoteWorkSource source;
    private final Registration registration;
    private final AssignmentListener listener;
    private final LeaseLedger ledger = new LeaseLedger();
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private volatile UUID sessionId;
    private volatile int documentBytesMax = 4 << 20;

    private final Object lock = new Object(); // guards what follows; taken before the ledger's monitor
    private @Nullable Future<?> heartbeats;
    private long intervalNanos;
    private @Nullable Long unansweredBeatNanos; // when the oldest heartbeat without an answer was sent
    private boolean wasRegistered;
    private int failures;
    private boolean closing;
    private boolean serverStops; // that of the current connection
    private boolean gone;

    RemoteWorkSession(RemoteWorkSource source, Registration registration, AssignmentListener listener) {
        this.source = source;
        this.registration = registration;
        this.listener = listener;
        this.sessionId = registration.instanceId();
    }

    /** Given by the server with every stream; before the first, the id of the worker's process. */
    @Override
    public UUID sessionId() {
        return sessionId;
    }

    @Override
    public void grant(int slots) {
        ledger.grant(slots);
        flush();
    }

    @Override
    public CompletableFuture<CompletionStatus> complete(Assignment assignment, StepReport report) {
        ByteString document = ByteString.copyFromUtf8(report.document());
        if (document.size() > documentBytesMax) {
            LOG.warn("{}: result of {} bytes refused (expected: <= {})", assignment, document.size(), documentBytesMax);
            return CompletableFuture.completedFuture(CompletionStatus.INVALID);
        }
        Complete.Builder message = Complete.newBuilder()
                .setStepUuid(LeaseKey.bytes(assignment.stepUuid()))
                .setLeaseToken(assignment.leaseToken())
                .setDocument(document);
        if (report.backoffHint() != null) {
            message.setRetryAfterMs(report.backoffHint().delay().toMillis());
        }
        report.eventPayloads().forEach((event, made) -> message.putEventPayloads(event, EventPayloads.encode(made)));
        CompletableFuture<CompletionStatus> answer = ledger.complete(assignment, message.build());
        flush();
        return answer;
    }

    @Override
    public CompletableFuture<CompletionStatus> checkpoint(
            Assignment assignment, dev.tasker.worker.Checkpoint checkpoint) {
        Checkpoint message =
                message(assignment, checkpoint).setKeepRunning(true).build();
        if (isTooLarge(assignment, message)) {
            return CompletableFuture.completedFuture(CompletionStatus.INVALID);
        }
        CompletableFuture<CompletionStatus> answer = ledger.checkpoint(assignment, message);
        flush();
        return answer;
    }

    @Override
    public CompletableFuture<CompletionStatus> yieldAt(Assignment assignment, dev.tasker.worker.Checkpoint checkpoint) {
        Checkpoint message = message(assignment, checkpoint).build();
        if (isTooLarge(assignment, message)) {
            return CompletableFuture.completedFuture(CompletionStatus.INVALID);
        }
        CompletableFuture<CompletionStatus> answer = ledger.yieldAt(assignment, message);
        flush();
        return answer;
    }

    private static Checkpoint.Builder message(Assignment assignment, dev.tasker.worker.Checkpoint checkpoint) {
        Checkpoint.Builder message = Checkpoint.newBuilder()
                .setStepUuid(LeaseKey.bytes(assignment.stepUuid()))
                .setLeaseToken(assignment.leaseToken())
                .setCursorJson(checkpoint.cursorJson())
                .setItemsProcessed(checkpoint.itemsProcessed());
        if (checkpoint.accumulatedResultsJson() != null) {
            message.setAccumulatedResultsJson(checkpoint.accumulatedResultsJson());
        }
        return message;
    }

    private boolean isTooLarge(Assignment assignment, Checkpoint message) {
        int bytes = message.getCursorJsonBytes().size()
                + message.getAccumulatedResultsJsonBytes().size();
        if (bytes > documentBytesMax) {
            LOG.warn("{}: checkpoint of {} bytes refused (expected: <= {})", assignment, bytes, documentBytesMax);
        }
        return bytes > documentBytesMax;
    }

    @Override
    public CompletableFuture<CompletionStatus> publish(Assignment assignment, HandlerEvent event) {
        ByteString eventId = LeaseKey.bytes(event.eventId());
        NewEvent.Builder published =
                NewEvent.newBuilder().setEventId(eventId).setName(event.name()).setPayloadJson(event.payloadJson());
        if (event.mode() != null) {
            published.setDeliveryMode(event.mode().name().toLowerCase(Locale.ROOT));
        }
        PublishEvents message = PublishEvents.newBuilder()
                .setStepUuid(LeaseKey.bytes(assignment.stepUuid()))
                .setLeaseToken(assignment.leaseToken())
                .addEvents(published)
                .build();
        if (message.getSerializedSize() > documentBytesMax) {
            LOG.warn("{}: event {} refused (expected: <= {} bytes)", assignment, event.name(), documentBytesMax);
            return CompletableFuture.completedFuture(CompletionStatus.INVALID);
        }
        CompletableFuture<CompletionStatus> answer = ledger.publish(eventId, message);
        flush();
        return answer;
    }

    @Override
    public void reject(Assignment assignment, RejectReason reason) {
        ledger.reject(
                assignment,
                switch (reason) {
                    case HANDLER_NOT_FOUND -> Reject.Reason.HANDLER_NOT_FOUND;
                    case SHUTTING_DOWN -> Reject.Reason.SHUTTING_DOWN;
                });
        flush();
    }

    @Override
    public boolean isConnected() {
        Connection current = ledger.connection();
        synchronized (lock) {
            return current != null
                    && current.isRegistered()
                    && (unansweredBeatNanos == null || System.nanoTime() - unansweredBeatNanos < 2 * intervalNanos);
        }
    }

    @Override
    public void drain() {
        ledger.drain();
        flush();
    }

    @Override
    public void close() {
        Connection current;
        synchronized (lock) {
            if (closing || gone) {
                return;
            }
            closing = true;
            ledger.close();
            current = ledger.connection();
        }
        if (current != null && current.isRegistered()) {
            flush();
            later(LEAVE_TIMEOUT, this::abort);
        } else {
            abort();
        }
    }

    /** Ends the session without waiting for answers. */
    void abort() {
        Connection current = ledger.disconnect();
        if (current != null) {
            current.abort("the worker closed the session");
        }
        end(new IllegalStateException("the session is closed"));
    }

    /** Completes when the session has ended. */
    Future<@Nullable Void> ended() {
        return ended;
    }

    // --- the stream

    void connect() {
        Connection next;
        Register register;
        synchronized (lock) {
            if (closing || gone) {
                return;
            }
            try {
                next = source.connection(this);
            } catch (IOException e) {
                Duration pause = pause(failures++);
                LOG.warn("no TLS towards {}: {}; trying again in {}", source.target(), e.toString(), pause);
                later(pause, this::connect);
                return;
            }
            serverStops = false;
            ledger.connecting(next);
            register = RegisterEncoder.encode(registration, wasRegistered ? sessionId : null, ledger.leases());
        }
        next.start(register);
        later(REGISTER_TIMEOUT, () -> {
            if (!next.isRegistered()) {
                next.abort("no answer to Register within " + REGISTER_TIMEOUT);
            }
        });
    }

    /**
     * The connection is over.
     *
     * @param notBefore how long the server wants to be left alone, zero when it has not said
     */
    void disconnected(Connection from, Status status, Duration notBefore) {
        Duration pause;
        synchronized (lock) {
            if (!ledger.disconnected(from)) {
                return;
            }
            if (heartbeats != null) {
                heartbeats.cancel(false);
                heartbeats = null;
            }
            unansweredBeatNanos = null;
            pause = notBefore.plus(pause(failures++));
        }
        if (isLeaving() || isFinal(status)) {
            end(status.asRuntimeException());
            return;
        }
        LOG.warn(
                "no stream to {}: {} {}; trying again in {}",
                source.target(),
                status.getCode(),
                status.getDescription(),
                pause);
        later(pause, this::connect);
    }

    /** Whether the server will give the same answer next time. Not so about a credential that was good once: it gets renewed. */
    private boolean isFinal(Status status) {
        return switch (status.getCode()) {
            case INVALID_ARGUMENT, FAILED_PRECONDITION, PERMISSION_DENIED, ABORTED -> true;
            case UNAUTHENTICATED -> !wasEverRegistered();
            default -> false;
        };
    }

    private boolean wasEverRegistered() {
        synchronized (lock) {
            return wasRegistered;
        }
    }

    /** Full jitter: any part of a bound that doubles, so that a fleet does not return as one. */
    private Duration pause(int failuresBefore) {
        Reconnection config = source.reconnection();
        long bound = Math.min(
                config.backoffMax().toNanos(), config.backoffFirst().toNanos() << Math.min(failuresBefore, 16));
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(bound + 1));
    }

    private void end(Throwable cause) {
        List<CompletableFuture<CompletionStatus>> open;
        boolean isUnexpected;
        synchronized (lock) {
            if (gone) {
                return;
            }
            gone = true;
            isUnexpected = !closing;
            open = ledger.end();
            if (heartbeats != null) {
                heartbeats.cancel(false);
            }
        }
        source.ended(this);
        ended.complete(null);
        open.forEach(answer -> answer.completeExceptionally(cause));
        if (isUnexpected) {
            listener.sessionLost(cause);
        }
    }

    boolean isLeaving() {
        synchronized (lock) {
            return closing;
        }
    }

    /** Runs after a pause, off the threads of the network. */
    void later(Duration pause, Runnable call) {
        try {
            var _ = source.timer()
                    .schedule(() -> source.executor().execute(call), pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            end(new IllegalStateException("the work source is closed", e));
        }
    }

    // --- to the server

    private void flush() {
        Connection current = ledger.connection();
        if (current != null) {
            current.flush();
        }
    }

    /** What to write next, null when there is nothing. */
    @Nullable
    WorkerMessage nextMessage(Connection to) {
        return ledger.nextMessage(to);
    }

    /** Slots that no assignment holds, as far as there is room for what would become of more. */
    int freeSlots() {
        int room = UNANSWERED_PER_SLOT_MAX * registration.maxInFlight() - ledger.unanswered();
        return Math.min(ledger.free(), room);
    }

    private void beat() {
        if (ledger.beat(System.nanoTime() - source.reconnection().resendAfter().toNanos())) {
            synchronized (lock) {
                if (unansweredBeatNanos == null) {
                    unansweredBeatNanos = System.nanoTime();
                }
            }
            flush();
        }
    }

    // --- from the server

    void received(Connection from, ServerMessage message) {
        hear(from, message);
        moveOnIfDone(from);
    }

    private void hear(Connection from, ServerMessage message) {
        switch (message.getMessageCase()) {
            case REGISTERED -> registered(from, message.getRegistered());
            case ASSIGNMENTS -> assigned(from, message.getAssignments().getAssignmentsList());
            case COMPLETED -> completed(from, message.getCompleted().getOutcomesList());
            case CHECKPOINTED -> checkpointed(from, message.getCheckpointed());
            case HEARTBEAT_ACK -> {
                synchronized (lock) {
                    unansweredBeatNanos = null;
                }
                ledger.lost(from, message.getHeartbeatAck().getLostList()).forEach(listener::lost);
            }
            case CANCEL -> cancelled(from, message.getCancel().getLeasesList());
            case DRAIN -> draining(from);
            case EVENTS_PUBLISHED -> published(message.getEventsPublished().getOutcomesList());
            case EVENT -> told(message.getEvent());
            case PONG, MESSAGE_NOT_SET -> {}
        }
    }

    /** The server stops. It takes what is under way; then the worker looks for another one at once, not when it is cut off. */
    private void draining(Connection from) {
        LOG.info("{} stops and gives no more work", source.target());
        synchronized (lock) {
            serverStops = ledger.isCurrent(from);
        }
    }

    private void moveOnIfDone(Connection from) {
        synchronized (lock) {
            if (!serverStops || closing || !ledger.isCurrent(from) || !ledger.isEmpty()) {
                return;
            }
            serverStops = false;
        }
        from.abort("the server stops and holds nothing of this worker");
    }

    private void registered(Connection from, Registered message) {
        List<Assignment> lost;
        synchronized (lock) {
            if (!ledger.isCurrent(from)) {
                return;
            }
            sessionId = LeaseKey.uuid(message.getSessionId());
            if (message.getLimits().getResultBytesMax() > 0) {
                documentBytesMax = message.getLimits().getResultBytesMax();
            }
            wasRegistered = true;
            failures = 0;
            long intervalMs = Math.max(1, message.getHeartbeatIntervalMs());
            intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMs);
            heartbeats = source.timer().scheduleAtFixedRate(this::beat, intervalMs, intervalMs, TimeUnit.MILLISECONDS);
            lost = ledger.registered(from, message.getLostList());
        }
        LOG.info("session {} with {}", sessionId, source.target());
        if (message.getRejectedNamespacesCount() > 0) {
            LOG.warn("no work of namespaces {}: outside the credential", message.getRejectedNamespacesList());
        }
        lost.forEach(listener::lost);
    }

    private void assigned(Connection from, List<Assign> assigns) {
        List<Assignment> assignments = ledger.assigned(from, assigns);
        if (!assignments.isEmpty()) {
            listener.assigned(assignments);
        }
    }

    private void completed(Connection from, List<Completed.Outcome> outcomes) {
        for (Completed.Outcome outcome : outcomes) {
            CompletionStatus status = status(outcome.getStatus());
            CompletableFuture<CompletionStatus> answer = status == null
                    ? null
                    : ledger.completed(
                            from,
                            new LeaseKey(LeaseKey.uuid(outcome.getStepUuid()), outcome.getLeaseToken()),
                            false,
                            status);
            if (answer == null) {
                continue;
            }
            if (status == CompletionStatus.INVALID) {
                LOG.warn("result of step {} refused: {}", LeaseKey.uuid(outcome.getStepUuid()), outcome.getReason());
            }
            answer.complete(status);
        }
    }

    private void checkpointed(Connection from, Checkpointed message) {
        CompletionStatus status = status(message.getStatus());
        if (status == null) {
            return;
        }
        var lease = new LeaseKey(LeaseKey.uuid(message.getStepUuid()), message.getLeaseToken());
        CompletableFuture<CompletionStatus> answer =
                message.getKeepRunning() ? ledger.saved(from, lease) : ledger.completed(from, lease, true, status);
        if (answer == null) {
            return;
        }
        if (status == CompletionStatus.INVALID) {
            LOG.warn("checkpoint of step {} refused: {}", lease.stepUuid(), message.getReason());
        }
        answer.complete(status);
    }

    private void published(List<EventsPublished.Outcome> outcomes) {
        for (EventsPublished.Outcome outcome : outcomes) {
            CompletableFuture<CompletionStatus> answer = ledger.published(outcome.getEventId());
            CompletionStatus status = status(outcome.getStatus());
            if (answer == null || status == null) {
                continue;
            }
            if (status == CompletionStatus.INVALID) {
                LOG.warn("event {} refused: {}", LeaseKey.uuid(outcome.getEventId()), outcome.getReason());
            }
            answer.complete(status);
        }
    }

    private void told(Event event) {
        listener.told(event.getSubscriptionId(), EventDecoder.decode(event.getEventJson()));
    }

    /** Whether the worker wants to hear events of others. */
    boolean hearsEvents() {
        return !registration.eventPatterns().isEmpty();
    }

    private static @Nullable CompletionStatus status(Completed.Status status) {
        return switch (status) {
            case ACCEPTED -> CompletionStatus.ACCEPTED;
            case DUPLICATE -> CompletionStatus.DUPLICATE;
            case STALE_LEASE -> CompletionStatus.STALE_LEASE;
            case INVALID -> CompletionStatus.INVALID;
            case STATUS_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    }

    /** Ends the handlers as if their leases were lost; the ledger reports them in their stead. */
    private void cancelled(Connection from, List<Lease> leases) {
        List<Assignment> stopped = ledger.cancelled(from, leases);
        flush();
        stopped.forEach(listener::lost);
    }
}
