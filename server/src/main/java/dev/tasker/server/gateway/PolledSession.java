package dev.tasker.server.gateway;

import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.Checkpoint;
import dev.tasker.protocol.worker.v1.Checkpointed;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Draining;
import dev.tasker.protocol.worker.v1.Event;
import dev.tasker.protocol.worker.v1.EventsPublished;
import dev.tasker.protocol.worker.v1.NewEvent;
import dev.tasker.protocol.worker.v1.PublishEvents;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.Reject;
import dev.tasker.protocol.worker.v1.Results;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.server.security.Principal;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One worker's session over separate calls (04 §9.6, long-poll profile): the same stream as behind gRPC, with a mailbox in place of the
 * connection. It ends when nothing is heard of the worker for three heartbeats; its leases then run out unless the worker comes back. All
 * methods but {@link #poll} return at once, and all fail with {@link StatusRuntimeException} when the session is over. Thread-safe.
 */
public final class PolledSession {
    private static final Duration REGISTER_TIMEOUT = Duration.ofSeconds(30);

    private final WorkerGateway gateway;
    private final Principal principal;
    private final Allowance allowance;
    private final Mailbox mailbox;
    private final WorkerStream stream;
    private final Object inbound = new Object(); // the stream hears one message after the other
    private final AtomicInteger parked = new AtomicInteger();
    private volatile long heardNanos = System.nanoTime();
    private volatile long namedNanos = System.nanoTime();
    private volatile int slotsMax;

    PolledSession(WorkerGateway gateway, Principal principal, Consumer<PolledSession> atEnd) {
        this.gateway = gateway;
        this.principal = principal;
        this.mailbox = new Mailbox(() -> atEnd.accept(this));
        this.allowance = gateway.allowance(principal);
        this.stream = new WorkerStream(
                gateway,
                mailbox,
                principal,
                false,
                new Allowance(CallLimits.NONE, principal)); // counted here, call by call
    }

    /**
     * What a poll brings.
     *
     * @param drain for how long the server still takes results; null: it does not stop
     */
    public record Delivery(
            List<Assign> assignments,
            Ended ended,
            List<Event> events,
            @Nullable Duration drain) {
        private boolean isEmpty() {
            return assignments.isEmpty() && ended.equals(Ended.NONE) && events.isEmpty();
        }
    }

    /**
     * Leases that are over: their handlers are to stop.
     *
     * @param cancelled those that a person ended
     */
    public record Ended(List<LeaseKey> lost, List<LeaseKey> cancelled) {
        static final Ended NONE = new Ended(List.of(), List.of());
    }

    Registered register(Register register) throws InterruptedException {
        slotsMax = register.getMaxInflight();
        send(WorkerMessage.newBuilder().setRegister(register).build());
        try {
            Registered registered = mailbox.registered().get(REGISTER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            gateway.after(lookEvery().toMillis(), this::look);
            return registered;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StatusRuntimeException refused ? refused : new CompletionException(e);
        } catch (TimeoutException e) {
            throw Status.UNAVAILABLE
                    .withDescription("no session within " + REGISTER_TIMEOUT)
                    .asRuntimeException();
        }
    }

    boolean isOver() {
        return mailbox.ended() != null;
    }

    UUID sessionId() {
        return stream.sessionId();
    }

    /** Whether the session may be used by this caller: the same one as opened it, with the same namespaces. */
    boolean isOf(Principal caller) {
        return caller.subject().equals(principal.subject())
                && caller.namespaces().equals(principal.namespaces());
    }

    /**
     * Waits for work. A later poll ends an earlier one.
     *
     * @param max the credit, for this call only; more than the session's slots counts as these
     * @param held the leases the worker has: assignments fetched before that are not among them come again; null: nothing is said of them
     */
    public Delivery poll(int max, Duration wait, @Nullable Set<LeaseKey> held) throws InterruptedException {
        check();
        allowance.require(WorkerCall.POLL);
        parked.incrementAndGet();
        try {
            if (held != null) {
                mailbox.holdsOnly(held);
            }
            long poll = mailbox.beginPoll();
            int slots = Math.min(max, slotsMax);
            grant(poll, slots - mailbox.waiting());
            try {
                mailbox.await(poll, atMost(wait));
            } finally {
                grant(poll, 0);
            }
            boolean isCurrent = mailbox.isCurrent(poll);
            Delivery delivery = new Delivery(
                    isCurrent ? mailbox.fetch(slots) : List.of(),
                    isCurrent ? new Ended(mailbox.fetchLost(), mailbox.fetchCancelled()) : Ended.NONE,
                    isCurrent ? mailbox.fetchEvents() : List.of(),
                    mailbox.drain());
            check();
            if (!delivery.isEmpty()) {
                allowance.giveBack(WorkerCall.POLL);
            }
            return delivery;
        } finally {
            parked.decrementAndGet();
            heardNanos = System.nanoTime();
        }
    }

    /** A poll does not outlast its credential; the next one is told so. */
    private Duration atMost(Duration wait) {
        Instant end = principal.goesOnUntil();
        if (end == null) {
            return wait;
        }
        Duration left = Duration.between(gateway.clock().instant(), end);
        return left.compareTo(wait) < 0 ? left : wait;
    }

    /** A poll that another has followed has no say any more. */
    private void grant(long poll, int slots) {
        synchronized (inbound) {
            if (mailbox.isCurrent(poll) && stream.isConnected()) {
                stream.setCredit(Math.max(0, slots));
            }
        }
    }

    /** Takes the credit of the poll that waits, and answers it. */
    private void endPoll() {
        synchronized (inbound) {
            mailbox.beginPoll();
            if (stream.isConnected()) {
                stream.setCredit(0);
            }
        }
    }

    /** Renews all leases when {@code leases} names any; those that are over, named or not. */
    public Ended heartbeat(List<LeaseKey> leases) {
        check();
        if (!stream.isBeatDue()) {
            allowance.require(WorkerCall.HEARTBEAT);
        }
        mailbox.mentioned(leases);
        namedNanos = System.nanoTime();
        List<LeaseKey> over = new ArrayList<>(mailbox.fetchLost());
        List<LeaseKey> cancelled = mailbox.fetchCancelled();
        stream.renew(leases).stream()
                .filter(lease -> !over.contains(lease) && !cancelled.contains(lease))
                .forEach(over::add);
        return new Ended(over, cancelled);
    }

    /** Reports an outcome. The future has no end of its own while the engine cannot take it. */
    public CompletableFuture<Completed.Outcome> complete(LeaseKey lease, Complete.Builder result) {
        check();
        requireUnlessHeld(lease);
        CompletableFuture<Completed.Outcome> answer = mailbox.awaitOutcome(lease);
        send(WorkerMessage.newBuilder()
                .setResults(Results.newBuilder()
                        .addResults(result.setStepUuid(LeaseKey.bytes(lease.stepUuid()))
                                .setLeaseToken(lease.token())))
                .build());
        return answer;
    }

    /** Saves progress. */
    public CompletableFuture<Checkpointed> checkpoint(LeaseKey lease, Checkpoint.Builder checkpoint) {
        check();
        allowance.require(WorkerCall.REPORT);
        CompletableFuture<Checkpointed> answer = mailbox.awaitCheckpointed(lease, checkpoint.getKeepRunning());
        send(WorkerMessage.newBuilder()
                .setCheckpoint(
                        checkpoint.setStepUuid(LeaseKey.bytes(lease.stepUuid())).setLeaseToken(lease.token()))
                .build());
        return answer;
    }

    /** Publishes events of a handler; the answers in their order. */
    public CompletableFuture<List<EventsPublished.Outcome>> publish(LeaseKey lease, List<NewEvent> events) {
        check();
        allowance.require(WorkerCall.EVENTS);
        List<CompletableFuture<EventsPublished.Outcome>> answers = events.stream()
                .map(event -> mailbox.awaitPublished(event.getEventId()))
                .toList();
        send(WorkerMessage.newBuilder()
                .setPublishEvents(PublishEvents.newBuilder()
                        .setStepUuid(LeaseKey.bytes(lease.stepUuid()))
                        .setLeaseToken(lease.token())
                        .addAllEvents(events))
                .build());
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(_ -> answers.stream().map(CompletableFuture::join).toList());
    }

    /** Gives a step back before user code ran. */
    public void reject(LeaseKey lease, Reject.Reason reason) {
        check();
        requireUnlessHeld(lease);
        mailbox.mentioned(List.of(lease));
        giveBack(lease, reason);
    }

    private void giveBack(LeaseKey lease, Reject.Reason reason) {
        send(WorkerMessage.newBuilder()
                .setReject(Reject.newBuilder()
                        .setStepUuid(LeaseKey.bytes(lease.stepUuid()))
                        .setLeaseToken(lease.token())
                        .setReason(reason))
                .build());
    }

    /** The worker takes no more; what it holds may still be completed. A poll that waits is answered, for nothing is to come with it. */
    public void drain() {
        check();
        allowance.require(WorkerCall.OTHER);
        send(WorkerMessage.newBuilder()
                .setDraining(Draining.getDefaultInstance())
                .build());
        endPoll();
    }

    /** Ends the session; leases still held are taken back. Those that the worker has never heard of, such as that of a yield, count no attempt. */
    public void close() {
        synchronized (inbound) {
            mailbox.unfetched().forEach(lease -> giveBack(lease, Reject.Reason.SHUTTING_DOWN));
            stream.leave();
        }
    }

    private void requireUnlessHeld(LeaseKey lease) {
        if (!stream.isKnown(lease)) {
            allowance.require(WorkerCall.REPORT);
        }
    }

    private void check() {
        heardNanos = System.nanoTime();
        Status ended = mailbox.ended();
        if (ended != null) {
            throw ended.asRuntimeException();
        }
    }

    private void send(WorkerMessage message) {
        synchronized (inbound) {
            stream.received(message);
        }
    }

    private Duration silenceMax() {
        return gateway.config().leases().heartbeat().multipliedBy(3);
    }

    /** How long a worker with leases may send no heartbeat: found out before the leases run out, or they would come here again. */
    private Duration beatsMissed() {
        return gateway.config().leases().heartbeat().multipliedBy(5).dividedBy(2);
    }

    private Duration lookEvery() {
        return gateway.config().leases().heartbeat().dividedBy(2);
    }

    /**
     * Ends a session that is silent, and gives back what its worker has certainly never received. What it may have begun runs out instead,
     * which counts as an attempt: or a step that kills its workers at once would do so for ever.
     */
    private void look() {
        if (mailbox.ended() != null) {
            return;
        }
        long silentNanos = System.nanoTime() - heardNanos;
        boolean isSilent = parked.get() == 0 && silentNanos >= silenceMax().toNanos();
        // A poll that waits says nothing about a worker that should send heartbeats: who has died gives no sign of it.
        boolean owesBeats = silentNanos >= beatsMissed().toNanos();
        if (isSilent || (owesBeats && stream.leaseCount() > mailbox.letters())) {
            stream.detach();
            return;
        }
        if (owesBeats && stream.leaseCount() > 0) {
            endPoll(); // it may not know of its leases: then it polls again
        }
        Duration lease = gateway.config().leases().duration();
        Collection<LeaseKey> unclaimed = mailbox.unclaimedFor(lease, namedNanos);
        mailbox.mentioned(unclaimed);
        unclaimed.forEach(key -> giveBack(key, Reject.Reason.SHUTTING_DOWN));
        gateway.after(lookEvery().toMillis(), this::look);
    }
}
