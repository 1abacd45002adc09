package dev.tasker.server.gateway;

import com.google.protobuf.ByteString;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.StepResult;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Credit;
import dev.tasker.protocol.worker.v1.Drain;
import dev.tasker.protocol.worker.v1.Handler;
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
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of one worker. gRPC calls the inbound methods one after the other; the engine calls the others from its own threads.
 *
 * <pre>
 * NEW → OPEN → LEAVING → CLOSED     the worker half-closed: what is under way is still answered
 *   │     └──→ DETACHED → CLOSED    the stream broke: leases stay until they run out or a newer stream takes them over
 *   └────────────────────→ CLOSED   refused
 * </pre>
 */
final class WorkerStream implements StreamObserver<WorkerMessage> {
    static final int PROTOCOL_VERSION = 1;
    private static final int HANDLERS_MAX = 1_000;
    private static final int NAME_LENGTH_MAX = 500;
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
    private final Outbox outbox;
    private final EngineLink own = new EngineLink(this);
    private final List<EngineLink> carried = new CopyOnWriteArrayList<>();
    private final Set<LeaseKey> undecided = ConcurrentHashMap.newKeySet();
    private final Set<LeaseKey> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicInteger credit = new AtomicInteger();
    private final Redelivery redelivery;
    private volatile State state = State.NEW; // written under the monitor of this
    private volatile Register registration = Register.getDefaultInstance();

    WorkerStream(WorkerGateway gateway, ServerCallStreamObserver<ServerMessage> observer) {
        this.gateway = gateway;
        this.redelivery = new Redelivery(gateway);
        GatewayConfig config = gateway.config();
        this.outbox = new Outbox(
                observer,
                new AssignmentEncoder(config.leases().duration()),
                gateway.executor(),
                this::refuseTooLarge,
                4 * config.slotsMax() + 4 * RESULTS_BESIDE_LEASES_MAX);
        observer.setOnReadyHandler(outbox::flush);
        observer.setOnCancelHandler(this::detach);
    }

    // --- from the worker

    @Override
    public void onNext(WorkerMessage message) {
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
        switch (message.getMessageCase()) {
            case REGISTER ->
                refuse(Status.FAILED_PRECONDITION.withDescription(
                        "register: a second one (expected: one for each stream)"));
            case CREDIT -> grant(message.getCredit());
            case RESULTS -> message.getResults().getResultsList().forEach(this::complete);
            case HEARTBEAT -> heartbeat(message.getHeartbeat());
            case REJECT -> reject(message.getReject());
            case DRAINING -> own.session().drain();
            case PING ->
                outbox.send(ServerMessage.newBuilder()
                        .setPong(Pong.newBuilder().setNonce(message.getPing().getNonce()))
                        .build());
            case MESSAGE_NOT_SET -> {} // a later version's message: ignored as the protocol promises
        }
    }

    @Override
    public void onError(Throwable t) {
        detach();
    }

    @Override
    public void onCompleted() {
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
        Status refusal = check(message);
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        List<HandlerKey> handlers = message.getHandlersList().stream()
                .map(handler -> new HandlerKey(handler.getNamespace(), handler.getCallable()))
                .toList();
        try {
            Duration handlerTimeout = Duration.ofMillis(Math.max(0, message.getHandlerTimeoutMs()));
            own.opened(gateway.sessions()
                    .open(new SessionRequest(message.getWorkerName(), handlers, false, handlerTimeout), own));
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
                .setLimits(Limits.newBuilder()
                        .setResultBytesMax(ResultReader.DOCUMENT_BYTES_MAX)
                        .setAssignmentBytesMax(Outbox.ASSIGNMENT_BYTES_MAX));
        if (message.hasResume()) {
            resume(message.getResume()).forEach(lease -> registered.addLost(lease.toWire()));
        }
        outbox.begin(ServerMessage.newBuilder().setRegistered(registered).build());
        LOG.info(
                "worker {} connected as session {}, {} handlers, {} slots",
                message.getWorkerName(),
                sessionId(),
                handlers.size(),
                message.getMaxInflight());
    }

    private @Nullable Status check(Register message) {
        if (message.getProtocolVersion() != PROTOCOL_VERSION) {
            return Status.FAILED_PRECONDITION.withDescription(
                    "protocol_version: " + message.getProtocolVersion() + " (expected: " + PROTOCOL_VERSION + ")");
        }
        String problem = problem(message);
        return problem == null ? null : Status.INVALID_ARGUMENT.withDescription(problem);
    }

    private @Nullable String problem(Register message) {
        if (message.getWorkerName().isBlank() || message.getWorkerName().length() > NAME_LENGTH_MAX) {
            return "worker_name: " + message.getWorkerName().length() + " characters (expected: 1 to " + NAME_LENGTH_MAX
                    + ")";
        }
        if (!LeaseKey.isUuid(message.getInstanceId())) {
            return "instance_id: " + message.getInstanceId().size() + " bytes (expected: 16)";
        }
        if (message.getHandlersCount() < 1 || message.getHandlersCount() > HANDLERS_MAX) {
            return "handlers: " + message.getHandlersCount() + " (expected: 1 to " + HANDLERS_MAX + ")";
        }
        for (Handler handler : message.getHandlersList()) {
            if (handler.getNamespace().isBlank()
                    || handler.getCallable().isBlank()
                    || handler.getNamespace().length() > NAME_LENGTH_MAX
                    || handler.getCallable().length() > NAME_LENGTH_MAX) {
                return "handlers: '" + handler.getNamespace() + "' / '" + handler.getCallable()
                        + "' (expected: namespace and callable of 1 to " + NAME_LENGTH_MAX + " characters)";
            }
        }
        int slotsMax = gateway.config().slotsMax();
        if (message.getMaxInflight() < 1 || message.getMaxInflight() > slotsMax) {
            return "max_inflight: " + message.getMaxInflight() + " (expected: 1 to " + slotsMax + ")";
        }
        Resume resume = message.getResume();
        if (message.hasResume() && !LeaseKey.isUuid(resume.getSessionId())) {
            return "resume.session_id: " + resume.getSessionId().size() + " bytes (expected: 16)";
        }
        if (resume.getActiveLeasesCount() > 2 * slotsMax) {
            return "resume.active_leases: " + resume.getActiveLeasesCount() + " (expected: <= " + 2 * slotsMax + ")";
        }
        try {
            for (Lease lease : resume.getActiveLeasesList()) {
                LeaseKey.read(lease);
            }
        } catch (InvalidResultException e) {
            return "resume.active_leases: " + e.reason();
        }
        return null;
    }

    /** Takes over what the earlier stream left and answers which of the worker's leases are over. */
    private List<LeaseKey> resume(Resume resume) {
        Set<LeaseKey> active = new HashSet<>();
        for (Lease lease : resume.getActiveLeasesList()) {
            active.add(new LeaseKey(LeaseKey.uuid(lease.getStepUuid()), (int) lease.getLeaseToken()));
        }
        WorkerStream earlier = gateway.earlier(LeaseKey.uuid(resume.getSessionId()), registration.getInstanceId());
        if (earlier == null) {
            undecided.addAll(active);
            return List.of();
        }
        for (EngineLink link : earlier.surrender()) {
            link.moveTo(this);
            carried.add(link);
        }
        undecided.addAll(earlier.undecided);
        undecided.retainAll(active);
        for (EngineLink link : carried) {
            for (LeaseKey lease : List.copyOf(link.leases())) {
                if (!active.contains(lease)) {
                    giveBack(link, lease);
                }
            }
            closeIfEmpty(link);
        }
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

    private void complete(Complete message) {
        LeaseKey lease;
        StepResult result;
        try {
            lease = LeaseKey.read(message.getStepUuid(), message.getLeaseToken());
            Duration hint =
                    message.hasRetryAfterMs() ? Duration.ofMillis(Math.max(0, message.getRetryAfterMs())) : null;
            result = gateway.results().read(message.getDocument(), hint);
            if (message.getEventPayloadsCount() > 0) {
                result = result.withEventPayloads(EventPayloads.read(message));
            }
        } catch (InvalidResultException e) {
            answer(message.getStepUuid(), message.getLeaseToken(), Completed.Status.INVALID, e.reason());
            return;
        }
        boolean isRoom = underWay.size() < 2 * registration.getMaxInflight() + RESULTS_BESIDE_LEASES_MAX;
        if (isRoom && underWay.add(lease)) {
            hand(new Delivery(lease, linkOf(lease), result, 0));
        }
    }

    private void heartbeat(Heartbeat message) {
        HeartbeatAck.Builder ack = HeartbeatAck.newBuilder();
        if (message.getLeasesCount() > 0) {
            renew(own);
            carried.forEach(this::renew);
        }
        for (Lease lease : message.getLeasesList()) {
            boolean isKnown;
            try {
                isKnown = isKnown(LeaseKey.read(lease));
            } catch (InvalidResultException e) {
                isKnown = false;
            }
            if (!isKnown) {
                ack.addLost(lease);
            }
        }
        outbox.send(ServerMessage.newBuilder().setHeartbeatAck(ack).build());
    }

    private void renew(EngineLink link) {
        if (!link.holdsNothing()) {
            link.session().heartbeat();
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
        EngineLink link = linkOf(lease);
        if (link != null) {
            giveBack(link, lease);
            closeIfEmpty(link);
        } else if (undecided.remove(lease)) {
            giveBack(own, lease, 0);
        }
    }

    // --- from the engine

    void assigned(EngineLink link, List<Assignment> assignments) {
        if (link == own && (state == State.OPEN || state == State.DETACHED)) {
            credit.addAndGet(-assignments.size());
            outbox.assign(assignments); // on a broken stream the next one finds them missing and gives them back
            return;
        }
        assignments.forEach(assignment -> giveBack(link, LeaseKey.of(assignment)));
    }

    void lost(EngineLink link, LeaseKey lease) {
        returnSlot(link);
        outbox.lost(lease);
        closeIfEmpty(link);
        settled();
    }

    // --- results

    /** A result on its way to the engine. */
    private record Delivery(LeaseKey lease, @Nullable EngineLink link, StepResult result, int failures) {
        Delivery again() {
            return new Delivery(lease, link, result, failures + 1);
        }
    }

    private void hand(Delivery delivery) {
        LeaseKey lease = delivery.lease();
        EngineLink link = delivery.link();
        Assignment assignment = link == null ? null : link.held(lease);
        CompletableFuture<Completion> answer;
        try {
            answer = link == null || assignment == null
                    ? own.session().complete(lease.stepUuid(), lease.token(), delivery.result())
                    : link.session().complete(assignment, delivery.result());
        } catch (EngineException e) {
            failed(delivery, e);
            return;
        }
        var _ = answer.whenComplete((completion, failure) -> {
            if (completion == null) {
                failed(delivery, failure);
            } else {
                completed(delivery, completion);
            }
        });
    }

    private void completed(Delivery delivery, Completion completion) {
        LeaseKey lease = delivery.lease();
        EngineLink link = delivery.link();
        if (link != null && link.forget(lease)) {
            link.owner().returnSlot(link);
        }
        undecided.remove(lease);
        String reason = completion == Completion.INVALID ? "the step does not exist or cannot take this result" : "";
        answer(lease, status(completion), reason);
        if (link != null) {
            link.owner().closeIfEmpty(link);
        }
    }

    private void failed(Delivery delivery, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        ErrorCode code = cause instanceof EngineException engine ? engine.code() : ErrorCode.INTERNAL;
        boolean isAgain = switch (code.kind()) {
            case CALLER, CONFLICT -> false;
            case UNAVAILABLE -> code != ErrorCode.CLOSED;
            case INTERNAL -> delivery.failures() < Redelivery.FAILURES_MAX;
        };
        if (isAgain && state != State.DETACHED && state != State.CLOSED) {
            int bytes = delivery.result().document().length();
            if (redelivery.later(delivery.failures(), bytes, () -> hand(delivery.again()))) {
                return;
            }
        }
        if (code.kind() == ErrorCode.Kind.UNAVAILABLE) {
            underWay.remove(delivery.lease()); // no answer: the worker sends the result again
            settled();
            return;
        }
        LOG.error("result of step {} refused by the engine", delivery.lease().stepUuid(), cause);
        answer(delivery.lease(), Completed.Status.INVALID, String.valueOf(cause.getMessage()));
    }

    private void answer(LeaseKey lease, Completed.Status status, String reason) {
        answer(LeaseKey.bytes(lease.stepUuid()), lease.token(), status, reason);
        underWay.remove(lease);
        settled();
    }

    private void answer(ByteString stepUuid, long token, Completed.Status status, String reason) {
        outbox.answer(Completed.Outcome.newBuilder()
                .setStepUuid(stepUuid)
                .setLeaseToken(token)
                .setStatus(status)
                .setReason(reason)
                .build());
    }

    private static Completed.Status status(Completion completion) {
        return switch (completion) {
            case ACCEPTED -> Completed.Status.ACCEPTED;
            case DUPLICATE -> Completed.Status.DUPLICATE;
            case STALE_LEASE -> Completed.Status.STALE_LEASE;
            case INVALID -> Completed.Status.INVALID;
        };
    }

    /** No worker can be sent this step, so it fails, and says why. */
    private void refuseTooLarge(Assignment assignment) {
        LOG.error(
                "step {} of task {}: assignment exceeds {} bytes",
                assignment.stepUuid(),
                assignment.taskUuid(),
                Outbox.ASSIGNMENT_BYTES_MAX);
        String message = "assignment larger than " + Outbox.ASSIGNMENT_BYTES_MAX
                + " bytes: context and dependency results together";
        String document =
                "{\"success\":false,\"status\":\"error\",\"result\":{},\"metadata\":{\"error_type\":\"assignment_too_large\"},"
                    + "\"error\":{\"message\":\"" + message + "\",\"error_type\":\"assignment_too_large\"}}";
        LeaseKey lease = LeaseKey.of(assignment);
        if (underWay.add(lease)) {
            hand(new Delivery(lease, linkOf(lease), new StepResult(false, false, 0, null, document), 0));
        }
    }

    // --- leases

    private void giveBack(EngineLink link, LeaseKey lease) {
        if (link.forget(lease)) {
            returnSlot(link);
            giveBack(link, lease, 0);
            settled();
        }
    }

    private void giveBack(EngineLink link, LeaseKey lease, int failures) {
        CompletableFuture<Completion> answer;
        try {
            answer = link.session().reject(lease.stepUuid(), lease.token());
        } catch (EngineException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        var _ = answer.whenComplete((completion, failure) -> {
            if (failure != null && state != State.CLOSED) {
                redelivery.always(failures, () -> giveBack(link, lease, failures + 1));
            }
        });
    }

    private @Nullable EngineLink linkOf(LeaseKey lease) {
        if (own.held(lease) != null) {
            return own;
        }
        for (EngineLink link : carried) {
            if (link.held(lease) != null) {
                return link;
            }
        }
        return null;
    }

    private boolean isKnown(LeaseKey lease) {
        return linkOf(lease) != null || undecided.contains(lease) || underWay.contains(lease);
    }

    private void returnSlot(EngineLink link) {
        if (link == own) {
            credit.incrementAndGet();
        }
    }

    private void closeIfEmpty(EngineLink link) {
        if (link != own && link.holdsNothing() && carried.remove(link)) {
            gateway.executor().execute(() -> closeQuietly(link));
        }
    }

    // --- the end of the stream

    UUID sessionId() {
        return own.session().uuid();
    }

    ByteString instanceId() {
        return registration.getInstanceId();
    }

    /** Whether nothing is lost when the stream ends now. */
    boolean isIdle() {
        return underWay.isEmpty() && own.holdsNothing() && carried.isEmpty();
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
        outbox.end(status);
        if (state == State.OPEN || state == State.LEAVING || state == State.DETACHED) {
            own.session().drain();
            state = State.CLOSED;
            gateway.leave(this);
            links().filter(EngineLink::holdsNothing).forEach(this::closeQuietly);
        }
    }

    private void refuse(Status status) {
        LOG.warn("worker {} refused: {}", registration.getWorkerName(), status.getDescription());
        outbox.end(status);
        detach();
    }

    private synchronized void detach() {
        if (state == State.NEW) {
            close();
        }
        if (state != State.OPEN && state != State.LEAVING) {
            return;
        }
        if (state == State.LEAVING || (own.holdsNothing() && carried.isEmpty())) {
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
        gateway.leave(this);
        outbox.end(Status.ABORTED.withDescription("a newer stream took over the session"));
        List<EngineLink> links = links().toList();
        carried.clear();
        return links;
    }

    private void leaveWhenAnswered() {
        if (underWay.isEmpty()) {
            outbox.end(Status.OK);
            close();
        }
    }

    private void settled() {
        if (state == State.LEAVING) {
            leaveWhenAnswered();
        }
        gateway.settled();
    }

    private synchronized void close() {
        if (state == State.CLOSED) {
            return;
        }
        boolean hasSession = state != State.NEW;
        state = State.CLOSED;
        outbox.end(Status.CANCELLED);
        if (hasSession) {
            gateway.leave(this);
            links().forEach(link -> gateway.executor().execute(() -> closeQuietly(link)));
            LOG.info("worker {} left, session {} closed", registration.getWorkerName(), sessionId());
        }
    }

    private Stream<EngineLink> links() {
        return Stream.concat(carried.stream(), Stream.of(own));
    }

    private void closeQuietly(EngineLink link) {
        try {
            link.session().close();
        } catch (EngineException e) {
            LOG.warn("session {} not closed; its leases run out", link.session().uuid(), e);
        }
    }
}
