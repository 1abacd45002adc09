package dev.tasker.server.gateway;

import com.google.protobuf.ByteString;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.protocol.worker.v1.Checkpointed;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Credit;
import dev.tasker.protocol.worker.v1.Drain;
import dev.tasker.protocol.worker.v1.Event;
import dev.tasker.protocol.worker.v1.EventsPublished;
import dev.tasker.protocol.worker.v1.Heartbeat;
import dev.tasker.protocol.worker.v1.HeartbeatAck;
import dev.tasker.protocol.worker.v1.Lease;
import dev.tasker.protocol.worker.v1.Limits;
import dev.tasker.protocol.worker.v1.Pong;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.Reject;
import dev.tasker.protocol.worker.v1.Resume;
import dev.tasker.protocol.worker.v1.ServerMessage;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.server.security.Principal;
import io.grpc.Status;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of one worker, whatever carries it. The carrier calls the inbound methods one after the other; the engine calls the others
 * from its own threads.
 *
 * <pre>
 * NEW → OPEN → LEAVING → CLOSED     the worker half-closed: what is under way is still answered
 *   │     └──→ DETACHED → CLOSED    the stream broke: leases stay until they run out or a newer stream takes them over
 *   └────────────────────→ CLOSED   refused
 * </pre>
 */
final class WorkerStream {
    /** Results handed to the engine and not answered yet, beyond those of held leases; more are left to the worker to repeat. */
    private static final int RESULTS_BESIDE_LEASES_MAX = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(WorkerStream.class);

    private enum State {
        NEW,
        OPEN,
        LEAVING,
        DETACHED,
        CLOSED
    }

    private final WorkerGateway gateway;
    private final Principal principal;
    private final boolean slotsReturn;
    private final Allowance allowance;
    private final Outbox outbox;
    private final EngineLink own;
    private final StreamLeases leases;
    private final ResultRelay results;
    private final CheckpointRelay checkpoints;
    private final EventRelay events;
    private final EventFeed feed;
    private final AtomicInteger credit = new AtomicInteger();
    private volatile State state = State.NEW; // written under the monitor of this
    private volatile Register registration = Register.getDefaultInstance();
    private volatile long beatNanos; // of the last heartbeat that was due; 0: none was

    /**
     * A stream whose worker has said nothing yet.
     *
     * @param slotsReturn an assignment that has ended returns its slot; otherwise {@link #setCredit} says what is free
     * @param allowance what its messages count against
     */
    WorkerStream(WorkerGateway gateway, Line line, Principal principal, boolean slotsReturn, Allowance allowance) {
        this.gateway = gateway;
        this.principal = principal;
        this.slotsReturn = slotsReturn;
        this.allowance = allowance;
        var redelivery = new Redelivery(gateway);
        var guard = new ReportGuard(principal, gateway.namespaces(), gateway.executor());
        this.leases = new StreamLeases(this, redelivery, gateway.executor(), guard);
        this.own = leases.own();
        this.results = new ResultRelay(this, leases, redelivery, gateway.results(), guard);
        this.checkpoints = new CheckpointRelay(this, leases, redelivery, guard);
        this.events = new EventRelay(this, leases, redelivery, guard);
        this.feed = new EventFeed(gateway.sessions(), principal.namespaces(), this::tell);
        GatewayConfig config = gateway.config();
        this.outbox = new Outbox(
                line,
                new AssignmentEncoder(config.leases().duration()),
                gateway.executor(),
                results::refuseTooLarge,
                4 * config.slotsMax() + 4 * RESULTS_BESIDE_LEASES_MAX);
    }

    // --- from the worker

    /** The worker said something. */
    void received(WorkerMessage message) {
        if (state == State.CLOSED || state == State.DETACHED) {
            return;
        }
        if (state == State.NEW) {
            if (message.hasRegister()) {
                register(message.getRegister());
            } else {
                refuse(Status.FAILED_PRECONDITION.withDescription(
                        "first message: " + message.getMessageCase() + " (expected: REGISTER)"));
            }
            return;
        }
        if (!isAllowed(message)) {
            return;
        }
        switch (message.getMessageCase()) {
            case REGISTER ->
                refuse(Status.FAILED_PRECONDITION.withDescription(
                        "register: a second one (expected: one for each stream)"));
            case CREDIT -> grant(message.getCredit());
            case RESULTS -> message.getResults().getResultsList().forEach(results::relay);
            case HEARTBEAT -> heartbeat(message.getHeartbeat());
            case CHECKPOINT -> checkpoints.relay(message.getCheckpoint());
            case REJECT -> reject(message.getReject());
            case PUBLISH_EVENTS -> events.relay(message.getPublishEvents());
            case DRAINING -> own.session().drain();
            case PING ->
                outbox.send(ServerMessage.newBuilder()
                        .setPong(Pong.newBuilder().setNonce(message.getPing().getNonce()))
                        .build());
            case MESSAGE_NOT_SET -> {} // a later version's message: ignored as the protocol promises
        }
    }

    /** Outcomes are counted where it is known whose they are, and a second registration ends the stream. */
    private boolean isAllowed(WorkerMessage message) {
        return switch (message.getMessageCase()) {
            case REGISTER, RESULTS, REJECT -> true;
            case HEARTBEAT -> isBeatDue() || isAllowed(WorkerCall.HEARTBEAT);
            case CHECKPOINT -> isAllowed(WorkerCall.REPORT);
            case PUBLISH_EVENTS -> isAllowed(WorkerCall.EVENTS);
            case CREDIT, DRAINING, PING, MESSAGE_NOT_SET -> isAllowed(WorkerCall.OTHER);
        };
    }

    /** Whether the worker may go on; otherwise it hears for how long not, and its stream ends. */
    boolean isAllowed(WorkerCall call) {
        RateLimitedException limited = allowance.take(call);
        if (limited != null && isConnected()) {
            refuse(limited.status());
        }
        return limited == null;
    }

    /** Whether a heartbeat is one that the server asked for: half an interval has passed since the last of them. */
    boolean isBeatDue() {
        long now = System.nanoTime();
        long halfNanos = gateway.config().leases().heartbeat().dividedBy(2).toNanos();
        if (beatNanos != 0 && now - beatNanos < halfNanos) {
            return false;
        }
        beatNanos = now;
        return true;
    }

    /** The line takes messages again. */
    void ready() {
        outbox.flush();
    }

    /** The worker says good-bye: what is on its way is still answered. */
    void leave() {
        synchronized (this) {
            if (state == State.NEW) {
                close();
                outbox.end(Status.OK);
                return;
            }
            if (state != State.OPEN) {
                return;
            }
            state = State.LEAVING;
        }
        own.session().drain();
        leaveWhenAnswered();
    }

    private void register(Register message) {
        registration = message;
        Status refusal = RegisterCheck.refusal(message, gateway.config().slotsMax());
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        NamespaceFilter filter = NamespaceFilter.of(message.getHandlersList(), principal.namespaces());
        List<HandlerKey> handlers = filter.handlers();
        if (handlers.isEmpty()) {
            refuse(Status.PERMISSION_DENIED.withDescription(
                    "namespaces: " + filter.rejected() + " (expected: those of the credential)"));
            return;
        }
        Duration handlerTimeout = Duration.ofMillis(Math.max(0, message.getHandlerTimeoutMs()));
        var request = new SessionRequest(message.getWorkerName(), handlers, false, handlerTimeout, slotsReturn);
        try {
            feed.open(message.getSubscriptionsList());
            own.opened(gateway.sessions().open(request, own));
        } catch (RuntimeException e) {
            refuse(Statuses.of(e));
            return;
        }
        synchronized (this) {
            Status full = state == State.NEW ? gateway.enter(this) : Status.CANCELLED;
            if (full != null) {
                own.session().close();
                refuse(full);
                return;
            }
            state = State.OPEN;
        }
        Registered.Builder registered = Registered.newBuilder()
                .setSessionId(LeaseKey.bytes(sessionId()))
                .setLeaseDurationMs(gateway.config().leases().duration().toMillis())
                .setHeartbeatIntervalMs(gateway.config().leases().heartbeat().toMillis())
                .setMaxInflight(message.getMaxInflight())
                .addAllAcceptedNamespaces(filter.accepted())
                .addAllRejectedNamespaces(filter.rejected())
                .setLimits(Limits.newBuilder()
                        .setResultBytesMax(ResultReader.DOCUMENT_BYTES_MAX)
                        .setAssignmentBytesMax(Outbox.ASSIGNMENT_BYTES_MAX));
        if (message.hasResume()) {
            resume(message.getResume(), request).forEach(lease -> registered.addLost(lease.toWire()));
        }
        outbox.begin(ServerMessage.newBuilder().setRegistered(registered).build());
        LOG.info(
                "worker {} of {} connected as session {}, {} handlers, {} slots, namespaces {}, refused {}",
                message.getWorkerName(),
                principal.subject(),
                sessionId(),
                handlers.size(),
                message.getMaxInflight(),
                filter.accepted(),
                filter.rejected());
    }

    /** Takes over what the earlier stream left and answers which of the worker's leases are over. */
    private Collection<LeaseKey> resume(Resume resume, SessionRequest request) {
        Set<LeaseKey> active = new HashSet<>();
        for (Lease lease : resume.getActiveLeasesList()) {
            active.add(new LeaseKey(LeaseKey.uuid(lease.getStepUuid()), (int) lease.getLeaseToken()));
        }
        WorkerStream earlier = gateway.earlier(LeaseKey.uuid(resume.getSessionId()), registration.getInstanceId());
        if (earlier == null) {
            Set<LeaseKey> over = leases.adopt(gateway.sessions(), request, active);
            UUID session = LeaseKey.uuid(resume.getSessionId());
            if (!gateway.has(session)) { // which would be another process's
                leases.giveBackUnheard(gateway.sessions(), session, active);
            }
            return over;
        }
        leases.takeOver(earlier.leases, earlier.surrender(), active);
        return active.stream().filter(lease -> !isKnown(lease)).toList();
    }

    private void grant(Credit message) {
        int slots = message.getSlots();
        int slotsMax = registration.getMaxInflight();
        if (slots < 1 || slots > slotsMax || credit.addAndGet(slots) > slotsMax) {
            refuse(Status.RESOURCE_EXHAUSTED.withDescription(
                    "credit: " + slots + " more slots (expected: at least 1, and not more than" + " max_inflight "
                            + slotsMax + " free ones in all)"));
            return;
        }
        own.session().grant(slots);
    }

    /** Makes the credit this much, whatever has come and gone of it. */
    void setCredit(int slots) {
        int missing = slots - credit.getAndSet(slots);
        if (missing > 0) {
            own.session().grant(missing);
        } else if (missing < 0) {
            own.session().withdraw(-missing);
        }
    }

    private void heartbeat(Heartbeat message) {
        HeartbeatAck.Builder ack = HeartbeatAck.newBuilder();
        if (message.getLeasesCount() > 0) {
            leases.renew();
        }
        message.getLeasesList().stream().filter(lease -> !isKnown(lease)).forEach(ack::addLost);
        outbox.send(ServerMessage.newBuilder().setHeartbeatAck(ack).build());
    }

    /** Renews all leases, when the worker names any; those named that are over. */
    List<LeaseKey> renew(List<LeaseKey> named) {
        if (!named.isEmpty()) {
            leases.renew();
        }
        return named.stream().filter(lease -> !isKnown(lease)).toList();
    }

    private boolean isKnown(Lease lease) {
        try {
            return isKnown(LeaseKey.read(lease));
        } catch (InvalidResultException e) {
            return false;
        }
    }

    private void reject(Reject message) {
        LeaseKey lease;
        try {
            lease = LeaseKey.read(message.getStepUuid(), message.getLeaseToken());
        } catch (InvalidResultException e) {
            refuse(Status.INVALID_ARGUMENT.withDescription("reject: " + e.reason()));
            return;
        }
        if (leases.isKnown(lease) || isAllowed(WorkerCall.REPORT)) {
            leases.reject(lease, message.getReason());
        }
    }

    // --- from the engine

    void assigned(EngineLink link, List<Assignment> assignments) {
        if (link == own && (state == State.OPEN || state == State.DETACHED)) {
            credit.addAndGet(-assignments.size());
            outbox.assign(assignments); // on a broken stream the next one finds them missing and gives them back
            return;
        }
        assignments.forEach(assignment -> leases.giveBack(link, LeaseKey.of(assignment)));
    }

    void lost(EngineLink link, LeaseKey lease, boolean cancelled) {
        returnSlot(link);
        outbox.lost(lease, cancelled);
        leases.closeIfEmpty(link);
        settled();
    }

    // --- for its parts

    /** Whether the worker may still hear an answer. */
    boolean isConnected() {
        return state != State.DETACHED && state != State.CLOSED;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Results that may be under way at once, and checkpoints as many. */
    int reportsMax() {
        return 2 * registration.getMaxInflight() + RESULTS_BESIDE_LEASES_MAX;
    }

    void answer(Completed.Outcome outcome) {
        outbox.answer(outcome);
    }

    void answer(EventsPublished answer) {
        outbox.send(ServerMessage.newBuilder().setEventsPublished(answer).build());
    }

    private void tell(Event event) {
        outbox.tell(event);
    }

    void answer(Checkpointed answer) {
        outbox.send(ServerMessage.newBuilder().setCheckpointed(answer).build());
    }

    /** The slot of a lease that has ended comes back, where it is one of this stream. */
    void returnSlot(EngineLink link) {
        if (link == own && slotsReturn) {
            credit.incrementAndGet();
        }
    }

    void closeIfEmpty(EngineLink link) {
        leases.closeIfEmpty(link);
    }

    boolean isKnown(LeaseKey lease) {
        return leases.isKnown(lease) || results.isUnderWay(lease);
    }

    // --- the end of the stream

    UUID sessionId() {
        return own.session().uuid();
    }

    ByteString instanceId() {
        return registration.getInstanceId();
    }

    /** Leases of the worker, as far as anyone here knows. */
    int leaseCount() {
        return leases.count();
    }

    /** Whether nothing is lost when the stream ends now. */
    boolean isIdle() {
        return results.isIdle() && checkpoints.isIdle() && leases.isEmpty();
    }

    /** Takes no more work; what is held may still be completed. */
    void drain(Duration deadline) {
        if (state == State.OPEN) {
            own.session().drain();
            outbox.send(ServerMessage.newBuilder()
                    .setDrain(Drain.newBuilder().setDeadlineMs(deadline.toMillis()))
                    .build());
        }
    }

    /**
     * Ends the stream because the server stops. Engine sessions that hold leases stay as they are: closing them would take
     * the steps back at once, while their handlers run on and report to the next server.
     */
    synchronized void stop(Status status) {
        feed.close();
        outbox.finish(status); // the answer to a last result may still be queued
        if (state == State.OPEN || state == State.LEAVING || state == State.DETACHED) {
            own.session().drain();
            state = State.CLOSED;
            gateway.leave(this);
            leases.closeEmpty();
        }
    }

    /** The credential has not been good for a while; a worker that has another one comes back with it and finds its leases. */
    void credentialExpired() {
        if (isConnected()) {
            refuse(CallGuard.EXPIRED);
        }
    }

    private void refuse(Status status) {
        LOG.warn("worker {} refused: {}", registration.getWorkerName(), status.getDescription());
        outbox.end(status);
        detach();
    }

    /** The way to the worker is gone: its leases stay until they run out or it comes back. */
    synchronized void detach() {
        feed.close();
        if (state == State.NEW) {
            close();
        }
        if (state != State.OPEN && state != State.LEAVING) {
            return;
        }
        if (state == State.LEAVING || leases.isEmpty()) {
            close();
            return;
        }
        state = State.DETACHED;
        outbox.end(Status.CANCELLED);
        own.session().drain();
        LOG.info("worker {} disconnected, session {} waits for it", registration.getWorkerName(), sessionId());
        gateway.afterLease(this::expire);
    }

    private synchronized void expire() {
        if (state == State.DETACHED) {
            close();
        }
    }

    /** Hands all engine sessions to a newer stream of the same worker and ends this one, which may look alive still. */
    private synchronized List<EngineLink> surrender() {
        if (state == State.CLOSED) {
            return List.of();
        }
        if (state == State.OPEN) {
            own.session().drain();
        }
        state = State.CLOSED;
        feed.close();
        gateway.leave(this);
        outbox.end(Status.ABORTED.withDescription("a newer stream took over the session"));
        return leases.surrender();
    }

    private void leaveWhenAnswered() {
        if (results.isIdle() && checkpoints.isIdle()) {
            outbox.end(Status.OK);
            close();
        }
    }

    void settled() {
        if (state == State.LEAVING) {
            leaveWhenAnswered();
        }
        gateway.settled();
    }

    private synchronized void close() {
        if (state == State.CLOSED) {
            return;
        }
        feed.close();
        boolean hasSession = state != State.NEW;
        state = State.CLOSED;
        outbox.end(Status.CANCELLED);
        if (hasSession) {
            gateway.leave(this);
            leases.closeAll();
            LOG.info("worker {} left, session {} closed", registration.getWorkerName(), sessionId());
        }
    }
}
