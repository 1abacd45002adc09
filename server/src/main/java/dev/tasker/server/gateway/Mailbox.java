package dev.tasker.server.gateway;

import com.google.protobuf.ByteString;
import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.Checkpointed;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Event;
import dev.tasker.protocol.worker.v1.EventsPublished;
import dev.tasker.protocol.worker.v1.Lease;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.ServerMessage;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way to a worker that asks for its messages: keeps them until it does. What is here is bounded by the leases of the worker: an
 * assignment waits until it is fetched, and is kept until the worker mentions it, for its answer may not have arrived. Thread-safe.
 */
final class Mailbox implements Line {
    private static final long EVENT_BYTES_MAX = 1 << 20;
    private static final Duration DRAINING_WAIT_MAX = Duration.ofSeconds(1);

    /** How long after an answer was written a request may arrive that was written before the answer came. */
    private static final Duration CROSSING_MAX = Duration.ofSeconds(1);

    private final CompletableFuture<Registered> registered = new CompletableFuture<>();
    private final Runnable atEnd;
    private final Map<LeaseKey, Letter> letters =
            new LinkedHashMap<>(); // guarded by the monitor of this, as is all that follows
    private final Map<LeaseKey, CompletableFuture<Completed.Outcome>> results = new HashMap<>();
    private final Map<Saving, CompletableFuture<Checkpointed>> checkpoints = new HashMap<>();
    private final Map<ByteString, CompletableFuture<EventsPublished.Outcome>> publications = new HashMap<>();
    private final EventBacklog events = new EventBacklog();
    private final Set<LeaseKey> lost = new LinkedHashSet<>();
    private final Set<LeaseKey> cancelled = new LinkedHashSet<>();
    private @Nullable Duration drain;
    private boolean drainTold;
    private @Nullable Status ended;
    private long polls;

    /** An assignment that waits to be fetched or mentioned. */
    private static final class Letter {
        final Assign assign;
        long sinceNanos = System.nanoTime();
        boolean fetched;

        Letter(Assign assign) {
            this.assign = assign;
        }
    }

    private record Saving(LeaseKey lease, boolean keepsRunning) {}

    /** @param atEnd runs once when nothing can come any more */
    Mailbox(Runnable atEnd) {
        this.atEnd = atEnd;
    }

    // --- from the stream

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void send(ServerMessage message) {
        switch (message.getMessageCase()) {
            case REGISTERED -> registered.complete(message.getRegistered());
            case ASSIGNMENTS -> arrived(message.getAssignments().getAssignmentsList());
            case COMPLETED -> message.getCompleted().getOutcomesList().forEach(this::answered);
            case CHECKPOINTED -> answered(message.getCheckpointed());
            case HEARTBEAT_ACK -> ended(message.getHeartbeatAck().getLostList(), lost);
            case CANCEL -> ended(message.getCancel().getLeasesList(), cancelled);
            case DRAIN -> draining(Duration.ofMillis(message.getDrain().getDeadlineMs()));
            case EVENTS_PUBLISHED ->
                message.getEventsPublished().getOutcomesList().forEach(this::answered);
            case EVENT -> told(message.getEvent());
            case PONG, MESSAGE_NOT_SET -> {} // asked for by nobody here
        }
    }

    @Override
    public void end(Status status) {
        List<CompletableFuture<?>> open;
        synchronized (this) {
            ended = status;
            open = new ArrayList<>(results.values());
            open.addAll(checkpoints.values());
            open.addAll(publications.values());
            results.clear();
            checkpoints.clear();
            publications.clear();
            letters.clear();
            notifyAll();
        }
        registered.completeExceptionally(status.asRuntimeException());
        open.forEach(answer -> answer.completeExceptionally(status.asRuntimeException()));
        atEnd.run();
    }

    private synchronized void arrived(List<Assign> assigns) {
        assigns.forEach(assign -> letters.put(key(assign.getStepUuid(), assign.getLeaseToken()), new Letter(assign)));
        notifyAll();
    }

    private void answered(Completed.Outcome outcome) {
        CompletableFuture<Completed.Outcome> answer;
        synchronized (this) {
            answer = results.remove(key(outcome.getStepUuid(), outcome.getLeaseToken()));
        }
        if (answer != null) {
            answer.complete(outcome);
        }
    }

    private void answered(Checkpointed checkpointed) {
        CompletableFuture<Checkpointed> answer;
        synchronized (this) {
            LeaseKey lease = key(checkpointed.getStepUuid(), checkpointed.getLeaseToken());
            answer = checkpoints.remove(new Saving(lease, checkpointed.getKeepRunning()));
        }
        if (answer != null) {
            answer.complete(checkpointed);
        }
    }

    private void answered(EventsPublished.Outcome outcome) {
        CompletableFuture<EventsPublished.Outcome> answer;
        synchronized (this) {
            answer = publications.remove(outcome.getEventId());
        }
        if (answer != null) {
            answer.complete(outcome);
        }
    }

    private synchronized void told(Event event) {
        events.add(event);
        notifyAll();
    }

    private synchronized void ended(List<Lease> leases, Set<LeaseKey> tell) {
        for (Lease lease : leases) {
            LeaseKey key = key(lease.getStepUuid(), lease.getLeaseToken());
            Letter letter = letters.remove(key);
            if (letter == null || letter.fetched) {
                tell.add(key);
            }
        }
        notifyAll();
    }

    private synchronized void draining(Duration deadline) {
        drain = deadline;
        notifyAll();
    }

    private static LeaseKey key(ByteString stepUuid, long token) {
        return new LeaseKey(LeaseKey.uuid(stepUuid), (int) token);
    }

    // --- for the worker

    CompletableFuture<Registered> registered() {
        return registered;
    }

    /** The answer to a result that is about to be handed over; also for one that is under way already. */
    synchronized CompletableFuture<Completed.Outcome> awaitOutcome(LeaseKey lease) {
        letters.remove(lease);
        return results.computeIfAbsent(lease, _ -> pending());
    }

    /** The answer to a checkpoint that is about to be handed over. */
    synchronized CompletableFuture<Checkpointed> awaitCheckpointed(LeaseKey lease, boolean keepsRunning) {
        letters.remove(lease);
        return checkpoints.computeIfAbsent(new Saving(lease, keepsRunning), _ -> pending());
    }

    /** The answer for an event that is about to be published, by its id. */
    synchronized CompletableFuture<EventsPublished.Outcome> awaitPublished(ByteString eventId) {
        return publications.computeIfAbsent(eventId, _ -> pending());
    }

    private <T> CompletableFuture<T> pending() {
        Status status = ended;
        return status == null ? new CompletableFuture<>() : CompletableFuture.failedFuture(status.asRuntimeException());
    }

    /** The worker has these. */
    synchronized void mentioned(Collection<LeaseKey> leases) {
        letters.keySet().removeAll(leases);
    }

    /** Assignments of which the worker has said nothing yet. */
    synchronized int letters() {
        return letters.size();
    }

    /** Assignments that wait and were not fetched yet. */
    synchronized int waiting() {
        return (int) letters.values().stream().filter(letter -> !letter.fetched).count();
    }

    /** Leases of which the worker cannot have heard. */
    synchronized List<LeaseKey> unfetched() {
        return letters.entrySet().stream()
                .filter(entry -> !entry.getValue().fetched)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What was fetched and is not among {@code held} is to be fetched again. */
    synchronized void holdsOnly(Set<LeaseKey> held) {
        letters.keySet().removeAll(held);
        letters.values().forEach(letter -> letter.fetched = false);
    }

    /** Begins a poll, which ends the one before. */
    synchronized long beginPoll() {
        polls++;
        notifyAll();
        return polls;
    }

    synchronized boolean isCurrent(long poll) {
        return poll == polls;
    }

    /** Returns when there is something to tell, a later poll has begun, or the time is up. */
    synchronized void await(long poll, Duration wait) throws InterruptedException {
        // A server that stops keeps no poll for long, and waits for those it keeps.
        long longest = drain == null ? wait.toNanos() : Math.min(wait.toNanos(), DRAINING_WAIT_MAX.toNanos());
        long deadline = System.nanoTime() + longest;
        long left = longest;
        while (left > 0
                && poll == polls
                && ended == null
                && !isDrainNew()
                && lost.isEmpty()
                && cancelled.isEmpty()
                && events.isEmpty()
                && waiting() == 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = deadline - System.nanoTime();
        }
    }

    /** Up to so many assignments. */
    synchronized List<Assign> fetch(int max) {
        List<Assign> fetched = new ArrayList<>();
        for (Letter letter : letters.values()) {
            if (fetched.size() == max) {
                break;
            }
            if (!letter.fetched) {
                letter.fetched = true;
                letter.sinceNanos = System.nanoTime();
                fetched.add(letter.assign);
            }
        }
        return fetched;
    }

    /** Leases that ended, each told once. */
    synchronized List<LeaseKey> fetchLost() {
        List<LeaseKey> fetched = List.copyOf(lost);
        lost.clear();
        return fetched;
    }

    /** Events that wait, as many as one answer may hold. */
    List<Event> fetchEvents() {
        return events.take(EVENT_BYTES_MAX);
    }

    private boolean isDrainNew() {
        return drain != null && !drainTold;
    }

    /** Leases that a person ended, each told once. */
    synchronized List<LeaseKey> fetchCancelled() {
        List<LeaseKey> fetched = List.copyOf(cancelled);
        cancelled.clear();
        return fetched;
    }

    /** How long results are still taken since the server began to stop; null: it does not. */
    synchronized @Nullable Duration drain() {
        drainTold = drain != null;
        return drain;
    }

    /** Why nothing comes any more; null: something may. */
    synchronized @Nullable Status ended() {
        return ended;
    }

    /**
     * Leases of assignments that were not fetched for so long, and of those fetched so long ago that the worker cannot have received: it has
     * named its leases since, and not them.
     *
     * @param namedNanos when the worker last named its leases; what was fetched shortly before may have crossed it
     */
    synchronized List<LeaseKey> unclaimedFor(Duration age, long namedNanos) {
        long before = System.nanoTime() - age.toNanos();
        return letters.entrySet().stream()
                .filter(entry -> entry.getValue().sinceNanos - before < 0)
                .filter(entry ->
                        !entry.getValue().fetched || namedNanos - entry.getValue().sinceNanos > CROSSING_MAX.toNanos())
                .map(Map.Entry::getKey)
                .toList();
    }
}
