package dev.tasker.worker.grpc;

import com.google.protobuf.ByteString;
import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.Cancel;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Credit;
import dev.tasker.protocol.worker.v1.Draining;
import dev.tasker.protocol.worker.v1.Handler;
import dev.tasker.protocol.worker.v1.Heartbeat;
import dev.tasker.protocol.worker.v1.Lease;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.Reject;
import dev.tasker.protocol.worker.v1.Results;
import dev.tasker.protocol.worker.v1.Resume;
import dev.tasker.protocol.worker.v1.ServerMessage;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.AssignmentListener;
import dev.tasker.worker.CompletionStatus;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.Registration;
import dev.tasker.worker.RejectReason;
import dev.tasker.worker.StepReport;
import dev.tasker.worker.WorkSession;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
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
 * A session that survives its streams. It knows every lease from its assignment to the answer for its result.
 *
 * <p>Slots: {@code free} is the worker's credit, {@code owed} what the server has returned by itself and the worker has
 * yet to grant. At all times, messages under way aside, the server's credit is {@code free + owed}: completing an assignment
 * of the current stream returns its slot on both sides, a rejected or lost one on the server's side first. A grant is
 * settled against what is owed before it becomes a message, as is the completion of an assignment that took no slot of this
 * stream.
 */
final class GrpcWorkSession implements WorkSession {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcWorkSession.class);

    static final int PROTOCOL_VERSION = 1;
    private static final int MESSAGE_BYTES = 1 << 20;
    private static final Duration REGISTER_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(2);

    private static final ByteString CANCELLED = ByteString.copyFromUtf8("""
        {"success":false,"status":"failed","result":{},"metadata":{"error_type":"cancelled"},\
        "error":{"message":"cancelled by the server","error_type":"cancelled"}}\
        """);

    private final GrpcWorkSource source;
    private final Registration registration;
    private final AssignmentListener listener;
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private volatile UUID sessionId;
    private volatile int documentBytesMax = 4 << 20;

    private final Object lock = new Object(); // guards what follows
    private final Map<LeaseKey, Entry> entries = new HashMap<>();
    private final Map<LeaseKey, Entry> unanswered = new LinkedHashMap<>(); // in order of completion
    private final Queue<Entry> toSend = new ArrayDeque<>();
    private final Queue<Reject> rejects = new ArrayDeque<>();
    private @Nullable Connection connection;
    private @Nullable Future<?> heartbeats;
    private boolean wasRegistered;
    private int failures;
    private int free;
    private int owed;
    private int creditToSend;
    private boolean heartbeatDue;
    private boolean draining;
    private boolean drainingToSend;
    private boolean closing;
    private boolean gone;

    /** A lease; with a report once its handler has ended. */
    private static final class Entry {
        final LeaseKey lease;
        final Assignment assignment;
        final @Nullable Connection via; // whose slot it took

        @Nullable
        Complete message;

        @Nullable
        CompletableFuture<CompletionStatus> answer;

        boolean queued;
        boolean refused;
        boolean cancelled; // reported by the session itself, the handler may still run
        long sentNanos;

        Entry(LeaseKey lease, Assignment assignment, @Nullable Connection via) {
            this.lease = lease;
            this.assignment = assignment;
            this.via = via;
        }
    }

    GrpcWorkSession(GrpcWorkSource source, Registration registration, AssignmentListener listener) {
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
        synchronized (lock) {
            addFree(slots);
        }
        flush();
    }

    @Override
    public CompletableFuture<CompletionStatus> complete(Assignment assignment, StepReport report) {
        ByteString document = ByteString.copyFromUtf8(report.document());
        if (document.size() > documentBytesMax) {
            LOG.warn("{}: result of {} bytes refused (expected: <= {})", assignment, document.size(), documentBytesMax);
            return CompletableFuture.completedFuture(CompletionStatus.INVALID);
        }
        LeaseKey lease = LeaseKey.of(assignment);
        Complete.Builder message = Complete.newBuilder()
                .setStepUuid(LeaseKey.bytes(lease.stepUuid()))
                .setLeaseToken(lease.token())
                .setDocument(document);
        if (report.backoffHint() != null) {
            message.setRetryAfterMs(report.backoffHint().delay().toMillis());
        }
        report.eventPayloads().forEach((event, made) -> message.putEventPayloads(event, EventPayloads.encode(made)));
        var answer = new CompletableFuture<CompletionStatus>();
        synchronized (lock) {
            if (gone || closing) {
                return CompletableFuture.failedFuture(new IllegalStateException("the session is closed"));
            }
            Entry entry = entries.get(lease);
            if (entry != null && entry.answer != null) {
                if (entry.cancelled) {
                    addFree(1);
                    entry.cancelled = false;
                }
                return entry.answer;
            }
            if (entry != null && entry.via != null && entry.via == connection) {
                free++;
            } else {
                addFree(1);
            }
            if (entry == null) {
                entry = new Entry(lease, assignment, null);
                entries.put(lease, entry);
            }
            report(entry, message.build(), answer);
        }
        flush();
        return answer;
    }

    @Override
    public void reject(Assignment assignment, RejectReason reason) {
        LeaseKey lease = LeaseKey.of(assignment);
        synchronized (lock) {
            Entry entry = entries.get(lease);
            if (entry == null || entry.answer != null) {
                return;
            }
            entries.remove(lease);
            if (entry.via != null && entry.via == connection) {
                owed++;
            }
            if (connection != null && connection.isRegistered()) {
                rejects.add(Reject.newBuilder()
                        .setStepUuid(LeaseKey.bytes(lease.stepUuid()))
                        .setLeaseToken(lease.token())
                        .setReason(
                                switch (reason) {
                                    case HANDLER_NOT_FOUND -> Reject.Reason.HANDLER_NOT_FOUND;
                                    case SHUTTING_DOWN -> Reject.Reason.SHUTTING_DOWN;
                                })
                        .build());
            }
        }
        flush();
    }

    @Override
    public void drain() {
        synchronized (lock) {
            draining = true;
            drainingToSend = true;
        }
        flush();
    }

    @Override
    public void close() {
        boolean isConnected;
        synchronized (lock) {
            if (closing || gone) {
                return;
            }
            closing = true;
            isConnected = connection != null && connection.isRegistered();
        }
        if (isConnected) {
            flush();
            later(LEAVE_TIMEOUT, this::abort);
        } else {
            abort();
        }
    }

    /** Ends the session without waiting for answers. */
    void abort() {
        Connection current;
        synchronized (lock) {
            current = connection;
            connection = null;
        }
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
        var next = new Connection(this, source.newChannel(), source.executor());
        Register register;
        synchronized (lock) {
            if (closing || gone) {
                return;
            }
            connection = next;
            register = register();
        }
        next.start(register);
        later(REGISTER_TIMEOUT, () -> {
            if (!next.isRegistered()) {
                next.abort("no answer to Register within " + REGISTER_TIMEOUT);
            }
        });
    }

    private Register register() {
        Register.Builder register = Register.newBuilder()
                .setWorkerName(registration.workerName())
                .setInstanceId(LeaseKey.bytes(registration.instanceId()))
                .setSdkLanguage("java")
                .setSdkVersion(sdkVersion())
                .setProtocolVersion(PROTOCOL_VERSION)
                .setMaxInflight(registration.maxInFlight())
                .setHandlerTimeoutMs(registration.handlerTimeout().toMillis());
        for (HandlerKey handler : registration.handlers()) {
            register.addHandlers(
                    Handler.newBuilder().setNamespace(handler.namespace()).setCallable(handler.callable()));
        }
        if (wasRegistered) {
            register.setResume(
                    Resume.newBuilder().setSessionId(LeaseKey.bytes(sessionId)).addAllActiveLeases(leases()));
        }
        return register.build();
    }

    private static String sdkVersion() {
        String version = GrpcWorkSession.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    private List<Lease> leases() {
        return entries.keySet().stream().map(LeaseKey::toWire).toList();
    }

    void disconnected(Connection from, Status status) {
        Duration pause;
        synchronized (lock) {
            if (from != connection) {
                return;
            }
            connection = null;
            owed = 0;
            creditToSend = 0;
            heartbeatDue = false;
            rejects.clear();
            toSend.clear();
            unanswered.values().forEach(entry -> entry.queued = false);
            if (heartbeats != null) {
                heartbeats.cancel(false);
                heartbeats = null;
            }
            pause = pause(failures++);
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

    /** Whether the server will give the same answer next time. */
    private static boolean isFinal(Status status) {
        return switch (status.getCode()) {
            case INVALID_ARGUMENT, FAILED_PRECONDITION, PERMISSION_DENIED, UNAUTHENTICATED, ABORTED -> true;
            default -> false;
        };
    }

    /** Full jitter: any part of a bound that doubles, so that a fleet does not return as one. */
    private Duration pause(int failuresBefore) {
        GrpcWorkSourceConfig config = source.config();
        long bound = Math.min(
                config.backoffMax().toNanos(), config.backoffFirst().toNanos() << Math.min(failuresBefore, 16));
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(bound + 1));
    }

    private void end(Throwable cause) {
        List<Entry> open;
        boolean isUnexpected;
        synchronized (lock) {
            if (gone) {
                return;
            }
            gone = true;
            isUnexpected = !closing;
            open = new ArrayList<>(unanswered.values());
            entries.clear();
            unanswered.clear();
            toSend.clear();
            if (heartbeats != null) {
                heartbeats.cancel(false);
            }
        }
        source.ended(this);
        ended.complete(null);
        for (Entry entry : open) {
            if (entry.answer != null) {
                entry.answer.completeExceptionally(cause);
            }
        }
        if (isUnexpected) {
            listener.sessionLost(cause);
        }
    }

    boolean isLeaving() {
        synchronized (lock) {
            return closing;
        }
    }

    private void later(Duration pause, Runnable call) {
        try {
            var _ = source.timer()
                    .schedule(() -> source.executor().execute(call), pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            end(new IllegalStateException("the work source is closed", e));
        }
    }

    // --- to the server

    private void addFree(int slots) {
        free += slots;
        if (connection != null && connection.isRegistered()) {
            int settled = Math.min(owed, slots);
            owed -= settled;
            creditToSend += slots - settled;
        }
    }

    private void report(Entry entry, Complete message, CompletableFuture<CompletionStatus> answer) {
        entry.message = message;
        entry.answer = answer;
        unanswered.put(entry.lease, entry);
        queue(entry);
    }

    private void queue(Entry entry) {
        if (!entry.queued && connection != null) {
            entry.queued = true;
            toSend.add(entry);
        }
    }

    private void flush() {
        Connection current;
        synchronized (lock) {
            current = connection;
        }
        if (current != null) {
            current.flush();
        }
    }

    /** What to write next, null when there is nothing. */
    @Nullable
    WorkerMessage nextMessage(Connection to) {
        synchronized (lock) {
            if (to != connection) {
                return null;
            }
            WorkerMessage.Builder message = WorkerMessage.newBuilder();
            if (drainingToSend) {
                drainingToSend = false;
                return message.setDraining(Draining.getDefaultInstance()).build();
            }
            if (creditToSend > 0) {
                Credit credit = Credit.newBuilder().setSlots(creditToSend).build();
                creditToSend = 0;
                return message.setCredit(credit).build();
            }
            if (!rejects.isEmpty()) {
                return message.setReject(rejects.remove()).build();
            }
            if (!toSend.isEmpty()) {
                return message.setResults(nextResults()).build();
            }
            if (heartbeatDue) {
                heartbeatDue = false;
                return message.setHeartbeat(Heartbeat.newBuilder().addAllLeases(leases()))
                        .build();
            }
            return null;
        }
    }

    private Results nextResults() {
        Results.Builder results = Results.newBuilder();
        long now = System.nanoTime();
        int bytes = 0;
        for (Entry entry = toSend.peek(); entry != null; entry = toSend.peek()) {
            Complete result = entry.message;
            if (result == null) { // answered meanwhile
                toSend.remove();
                entry.queued = false;
                continue;
            }
            int length = result.getSerializedSize();
            if (bytes > 0 && bytes + length > MESSAGE_BYTES) {
                break;
            }
            toSend.remove();
            entry.queued = false;
            entry.sentNanos = now;
            bytes += length;
            results.addResults(result);
        }
        return results.build();
    }

    private void beat() {
        synchronized (lock) {
            if (entries.isEmpty()) {
                return;
            }
            heartbeatDue = true;
            long sentBefore = System.nanoTime() - source.config().resendAfter().toNanos();
            for (Entry entry : unanswered.values()) {
                if (entry.sentNanos - sentBefore < 0) {
                    queue(entry);
                }
            }
        }
        flush();
    }

    // --- from the server

    void received(Connection from, ServerMessage message) {
        switch (message.getMessageCase()) {
            case REGISTERED -> registered(from, message.getRegistered());
            case ASSIGNMENTS -> assigned(from, message.getAssignments().getAssignmentsList());
            case COMPLETED -> completed(from, message.getCompleted().getOutcomesList());
            case HEARTBEAT_ACK -> lost(from, message.getHeartbeatAck().getLostList());
            case CANCEL -> cancelled(from, message.getCancel());
            case DRAIN -> LOG.info("{} stops and gives no more work", source.target());
            case PONG, MESSAGE_NOT_SET -> {}
        }
    }

    private void registered(Connection from, Registered message) {
        List<Assignment> lost = new ArrayList<>();
        synchronized (lock) {
            if (from != connection) {
                return;
            }
            sessionId = LeaseKey.uuid(message.getSessionId());
            if (message.getLimits().getResultBytesMax() > 0) {
                documentBytesMax = message.getLimits().getResultBytesMax();
            }
            wasRegistered = true;
            failures = 0;
            for (Lease lease : message.getLostList()) {
                Entry entry = entries.get(LeaseKey.of(lease));
                if (entry != null && entry.answer == null) {
                    entries.remove(entry.lease);
                    lost.add(entry.assignment);
                }
            }
            owed = Math.max(0, -free);
            creditToSend = draining ? 0 : Math.max(0, free);
            drainingToSend = draining;
            unanswered.values().forEach(this::queue);
            long intervalMs = Math.max(1, message.getHeartbeatIntervalMs());
            heartbeats = source.timer().scheduleAtFixedRate(this::beat, intervalMs, intervalMs, TimeUnit.MILLISECONDS);
            from.open();
        }
        LOG.info("session {} with {}", sessionId, source.target());
        lost.forEach(listener::lost);
    }

    private void assigned(Connection from, List<Assign> assigns) {
        List<Assignment> assignments = new ArrayList<>(assigns.size());
        for (Assign assign : assigns) {
            assignments.add(AssignmentDecoder.decode(assign));
        }
        synchronized (lock) {
            if (from != connection || gone) {
                return;
            }
            free -= assignments.size();
            for (Assignment assignment : assignments) {
                LeaseKey lease = LeaseKey.of(assignment);
                entries.put(lease, new Entry(lease, assignment, from));
            }
        }
        listener.assigned(assignments);
    }

    private void completed(Connection from, List<Completed.Outcome> outcomes) {
        for (Completed.Outcome outcome : outcomes) {
            CompletableFuture<CompletionStatus> answer;
            CompletionStatus status = status(outcome);
            synchronized (lock) {
                Entry entry = entries.get(new LeaseKey(LeaseKey.uuid(outcome.getStepUuid()), outcome.getLeaseToken()));
                if (from != connection || entry == null || entry.answer == null || status == null) {
                    continue;
                }
                answer = entry.answer;
                unanswered.remove(entry.lease);
                entry.message = null;
                entry.answer = null;
                if (status == CompletionStatus.INVALID && !entry.refused) {
                    entry.refused = true; // the lease lives; what follows is another report
                    free--;
                    if (entry.via != from) {
                        owed++;
                    }
                } else {
                    entries.remove(entry.lease);
                }
            }
            if (status == CompletionStatus.INVALID) {
                LOG.warn("result of step {} refused: {}", LeaseKey.uuid(outcome.getStepUuid()), outcome.getReason());
            }
            answer.complete(status);
        }
    }

    private static @Nullable CompletionStatus status(Completed.Outcome outcome) {
        return switch (outcome.getStatus()) {
            case ACCEPTED -> CompletionStatus.ACCEPTED;
            case DUPLICATE -> CompletionStatus.DUPLICATE;
            case STALE_LEASE -> CompletionStatus.STALE_LEASE;
            case INVALID -> CompletionStatus.INVALID;
            case STATUS_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    }

    private void lost(Connection from, Collection<Lease> leases) {
        List<Assignment> lost = new ArrayList<>();
        synchronized (lock) {
            if (from != connection) {
                return;
            }
            for (Lease lease : leases) {
                Entry entry = entries.get(LeaseKey.of(lease));
                if (entry == null || entry.answer != null) {
                    continue; // known already, or its result will be answered
                }
                entries.remove(entry.lease);
                if (entry.via == from) {
                    owed++;
                }
                lost.add(entry.assignment);
            }
        }
        lost.forEach(listener::lost);
    }

    /** Ends the handlers as if their leases were lost, and reports them in their stead. */
    private void cancelled(Connection from, Cancel message) {
        List<Assignment> stopped = new ArrayList<>();
        synchronized (lock) {
            if (from != connection) {
                return;
            }
            for (Lease lease : message.getLeasesList()) {
                Entry entry = entries.get(LeaseKey.of(lease));
                if (entry == null || entry.answer != null) {
                    continue;
                }
                if (entry.via == from) {
                    owed++;
                }
                entry.cancelled = true;
                report(
                        entry,
                        Complete.newBuilder()
                                .setStepUuid(lease.getStepUuid())
                                .setLeaseToken(lease.getLeaseToken())
                                .setDocument(CANCELLED)
                                .build(),
                        new CompletableFuture<>());
                stopped.add(entry.assignment);
            }
        }
        flush();
        stopped.forEach(listener::lost);
    }
}
