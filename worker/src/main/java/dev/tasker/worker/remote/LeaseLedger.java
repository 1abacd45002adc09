package dev.tasker.worker.remote;

import com.google.protobuf.ByteString;
import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.Checkpoint;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Lease;
import dev.tasker.protocol.worker.v1.PublishEvents;
import dev.tasker.protocol.worker.v1.Reject;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.CompletionStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a session knows of its leases and slots, from an assignment to the answer for its result. Thread-safe: its monitor guards all of it,
 * and no call goes out of it.
 *
 * <p>Slots: {@code free} is the worker's credit, {@code owed} what the server has returned by itself and the worker has
 * yet to grant. At all times, messages under way aside, the server's credit is {@code free + owed}: completing an assignment
 * of the current stream returns its slot on both sides, a rejected or lost one on the server's side first. A grant is
 * settled against what is owed before it becomes a message, as is the completion of an assignment that took no slot of this
 * stream.
 */
@SuppressWarnings("ReferenceEquality") // a connection is the one it is, whatever carries it
final class LeaseLedger {
    private static final ByteString CANCELLED = ByteString.copyFromUtf8("""
        {"success":false,"status":"failed","result":{},"metadata":{"error_type":"cancelled"},\
        "error":{"message":"cancelled by the server","error_type":"cancelled"}}\
        """);

    private final Map<LeaseKey, Entry> entries = new HashMap<>();
    private final Map<LeaseKey, Entry> unanswered = new LinkedHashMap<>(); // in order of completion
    private final Map<LeaseKey, Saving> savings = new LinkedHashMap<>();
    private final Map<ByteString, Publication> publications = new LinkedHashMap<>(); // by the event's id
    private final Outgoing outgoing = new Outgoing();
    private @Nullable Connection connection;
    private int free;
    private int owed;
    private boolean closed;
    private boolean ended;

    /** A checkpoint of a handler that waits for it. */
    private record Saving(Checkpoint message, CompletableFuture<CompletionStatus> answer) {}

    /** An event whose handler waits for it. */
    private record Publication(PublishEvents message, CompletableFuture<CompletionStatus> answer) {}

    // --- the stream

    synchronized void connecting(Connection next) {
        connection = next;
    }

    synchronized @Nullable Connection connection() {
        return connection;
    }

    synchronized boolean isCurrent(Connection candidate) {
        return candidate == connection;
    }

    synchronized @Nullable Connection disconnect() {
        Connection current = connection;
        connection = null;
        return current;
    }

    /** The stream has ended; false when it is not the current one. */
    synchronized boolean disconnected(Connection from) {
        if (from != connection) {
            return false;
        }
        connection = null;
        owed = 0;
        outgoing.forget();
        unanswered.values().forEach(entry -> entry.queued = false);
        return true;
    }

    /** Opens the stream, grants what is free and queues what is unanswered; answers which leases are over. */
    synchronized List<Assignment> registered(Connection by, List<Lease> over) {
        List<Assignment> lost = new ArrayList<>();
        for (Lease lease : over) {
            Entry entry = entries.get(LeaseKey.of(lease));
            if (entry != null && entry.answer == null) {
                entries.remove(entry.lease);
                lost.add(entry.assignment);
            }
        }
        owed = Math.max(0, -free);
        outgoing.begin(Math.max(0, free));
        by.open();
        unanswered.values().forEach(this::queue);
        savings.values().forEach(saving -> outgoing.checkpoint(saving.message()));
        publications.values().forEach(publication -> outgoing.events(publication.message()));
        by.flush();
        lost.forEach(this::dropSaving);
        return lost;
    }

    /** Takes no more outcomes. */
    synchronized void close() {
        closed = true;
    }

    /** Forgets everything; the futures that nobody will answer. */
    synchronized List<CompletableFuture<CompletionStatus>> end() {
        closed = true;
        ended = true;
        List<CompletableFuture<CompletionStatus>> open = new ArrayList<>();
        for (Entry entry : unanswered.values()) {
            if (entry.answer != null) {
                open.add(entry.answer);
            }
        }
        savings.values().forEach(saving -> open.add(saving.answer()));
        savings.clear();
        publications.values().forEach(publication -> open.add(publication.answer()));
        publications.clear();
        entries.clear();
        unanswered.clear();
        outgoing.forget();
        return open;
    }

    /** Whether there are no such leases. */
    synchronized boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Leases whose handler runs or whose result has no answer yet. */
    synchronized List<Lease> leases() {
        return entries.keySet().stream().map(LeaseKey::toWire).toList();
    }

    // --- from the worker

    synchronized void grant(int slots) {
        free += slots;
        if (isRegistered()) {
            int settled = Math.min(owed, slots);
            owed -= settled;
            outgoing.credit(slots - settled);
        }
    }

    /** Slots that no assignment holds. */
    synchronized int free() {
        return free;
    }

    /** Outcomes that have no answer. */
    synchronized int unanswered() {
        return unanswered.size();
    }

    synchronized void drain() {
        outgoing.drain();
    }

    synchronized CompletableFuture<CompletionStatus> complete(Assignment assignment, Complete message) {
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("the session is closed"));
        }
        Entry entry = entries.get(LeaseKey.of(assignment));
        if (entry != null && entry.yielded != null) {
            entry.yielded = null; // its answer took too long; the slot came back with it
            return report(entry, message, null);
        }
        return ended(assignment, message, null);
    }

    synchronized CompletableFuture<CompletionStatus> yieldAt(Assignment assignment, Checkpoint checkpoint) {
        return ended(assignment, null, checkpoint);
    }

    /** Queues a checkpoint of a running handler; one before it that was not answered is given up. */
    synchronized CompletableFuture<CompletionStatus> checkpoint(Assignment assignment, Checkpoint checkpoint) {
        var answer = new CompletableFuture<CompletionStatus>();
        if (closed) {
            answer.completeExceptionally(new IllegalStateException("the session is closed"));
            return answer;
        }
        savings.put(LeaseKey.of(assignment), new Saving(checkpoint, answer));
        if (isRegistered()) {
            outgoing.checkpoint(checkpoint);
        }
        return answer;
    }

    /** Queues an event of a running handler. Who no longer waits for the answer cancels it. */
    CompletableFuture<CompletionStatus> publish(ByteString eventId, PublishEvents message) {
        var answer = new CompletableFuture<CompletionStatus>();
        synchronized (this) {
            if (closed) {
                answer.completeExceptionally(new IllegalStateException("the session is closed"));
                return answer;
            }
            publications.put(eventId, new Publication(message, answer));
            if (isRegistered()) {
                outgoing.events(message);
            }
        }
        var _ = answer.whenComplete((_, _) -> forget(eventId));
        return answer;
    }

    private synchronized void forget(ByteString eventId) {
        publications.remove(eventId);
    }

    private CompletableFuture<CompletionStatus> ended(
            Assignment assignment, @Nullable Complete message, @Nullable Checkpoint yielded) {
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("the session is closed"));
        }
        LeaseKey lease = LeaseKey.of(assignment);
        Entry entry = entries.get(lease);
        if (entry != null && entry.answer != null) {
            if (entry.cancelled) {
                grant(1);
                entry.cancelled = false;
            }
            return entry.answer;
        }
        if (entry != null && entry.via != null && entry.via == connection) {
            free++;
        } else {
            grant(1);
        }
        if (entry == null) {
            entry = new Entry(lease, assignment, null);
            entries.put(lease, entry);
        }
        return report(entry, message, yielded);
    }

    synchronized void reject(Assignment assignment, Reject.Reason reason) {
        LeaseKey lease = LeaseKey.of(assignment);
        Entry entry = entries.get(lease);
        if (entry == null || entry.answer != null) {
            return;
        }
        entries.remove(lease);
        if (entry.via != null && entry.via == connection) {
            owed++;
        }
        if (isRegistered()) {
            outgoing.reject(Reject.newBuilder()
                    .setStepUuid(LeaseKey.bytes(lease.stepUuid()))
                    .setLeaseToken(lease.token())
                    .setReason(reason)
                    .build());
        }
    }

    private CompletableFuture<CompletionStatus> report(
            Entry entry, @Nullable Complete message, @Nullable Checkpoint yielded) {
        var answer = new CompletableFuture<CompletionStatus>();
        savings.remove(entry.lease);
        entry.message = message;
        entry.yielded = yielded;
        entry.answer = answer;
        unanswered.put(entry.lease, entry);
        queue(entry);
        return answer;
    }

    /** Of a stream not yet registered nothing waits: its registration queues all, in order of completion. */
    private void queue(Entry entry) {
        if (!isRegistered()) {
            return;
        }
        if (entry.yielded != null) {
            entry.sentNanos = System.nanoTime();
            outgoing.checkpoint(entry.yielded);
        } else if (!entry.queued) {
            outgoing.outcome(entry);
        }
    }

    private boolean isRegistered() {
        return connection != null && connection.isRegistered();
    }

    // --- to the server

    /** What to write next, null when there is nothing. */
    synchronized @Nullable WorkerMessage nextMessage(Connection to) {
        return to == connection ? outgoing.next(this::leases) : null;
    }

    /** A heartbeat is due, and so are outcomes sent before {@code sentBeforeNanos} that have no answer; false when nothing is. */
    synchronized boolean beat(long sentBeforeNanos) {
        if (entries.isEmpty()) {
            return false;
        }
        outgoing.heartbeat();
        for (Entry entry : unanswered.values()) {
            if (entry.sentNanos - sentBeforeNanos < 0) {
                queue(entry);
            }
        }
        return true;
    }

    // --- from the server

    /** Notes new leases; none when the stream is not the current one. */
    synchronized List<Assignment> assigned(Connection from, List<Assign> assigns) {
        if (from != connection || ended) {
            return List.of();
        }
        List<Assignment> assignments = new ArrayList<>(assigns.size());
        for (Assign assign : assigns) {
            Assignment assignment = AssignmentDecoder.decode(assign);
            LeaseKey lease = LeaseKey.of(assignment);
            entries.put(lease, new Entry(lease, assignment, from));
            assignments.add(assignment);
        }
        free -= assignments.size();
        return assignments;
    }

    /** The future that the outcome answers, null when nobody waits for it. */
    synchronized @Nullable CompletableFuture<CompletionStatus> completed(
            Connection from, LeaseKey lease, boolean yielded, CompletionStatus status) {
        Entry entry = entries.get(lease);
        if (entry != null && yielded != (entry.yielded != null)) {
            return null; // the answer to a yield that was given up
        }
        if (from != connection || entry == null || entry.answer == null) {
            return null;
        }
        CompletableFuture<CompletionStatus> answer = entry.answer;
        unanswered.remove(entry.lease);
        entry.message = null;
        entry.yielded = null;
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
        return answer;
    }

    /** The future that the answer to a running handler's checkpoint completes, null when nobody waits for it. */
    synchronized @Nullable CompletableFuture<CompletionStatus> saved(Connection from, LeaseKey lease) {
        Saving saving = from == connection ? savings.remove(lease) : null;
        return saving == null ? null : saving.answer();
    }

    /** The future that the answer to a published event completes, null when nobody waits for it. */
    synchronized @Nullable CompletableFuture<CompletionStatus> published(ByteString eventId) {
        Publication publication = publications.get(eventId);
        return publication == null ? null : publication.answer();
    }

    /** Whoever waits is interrupted for the loss of its lease; should it not be, it hears of it here. */
    private void dropSaving(Assignment assignment) {
        Saving saving = savings.remove(LeaseKey.of(assignment));
        if (saving != null) {
            saving.answer().complete(CompletionStatus.STALE_LEASE);
        }
    }

    /** Forgets leases that have ended; those whose handlers run. */
    synchronized List<Assignment> lost(Connection from, Collection<Lease> leases) {
        List<Assignment> lost = new ArrayList<>();
        for (Entry entry : running(from, leases)) {
            entries.remove(entry.lease);
            dropSaving(entry.assignment);
            lost.add(entry.assignment);
        }
        return lost;
    }

    /** Reports leases as cancelled in the stead of their handlers; those whose handlers run. */
    synchronized List<Assignment> cancelled(Connection from, Collection<Lease> leases) {
        List<Assignment> stopped = new ArrayList<>();
        for (Entry entry : running(from, leases)) {
            entry.cancelled = true;
            var _ = report(
                    entry,
                    Complete.newBuilder()
                            .setStepUuid(LeaseKey.bytes(entry.lease.stepUuid()))
                            .setLeaseToken(entry.lease.token())
                            .setDocument(CANCELLED)
                            .build(),
                    null);
            stopped.add(entry.assignment);
        }
        return stopped;
    }

    /** Leases without an outcome yet; the server has returned their slots. */
    private Set<Entry> running(Connection from, Collection<Lease> leases) {
        Set<Entry> running = new LinkedHashSet<>();
        for (Lease lease : from == connection ? leases : List.<Lease>of()) {
            Entry entry = entries.get(LeaseKey.of(lease));
            if (entry == null || entry.answer != null || !running.add(entry)) {
                continue; // known already, or its result will be answered
            }
            if (entry.via == from) {
                owed++;
            }
        }
        return running;
    }
}
