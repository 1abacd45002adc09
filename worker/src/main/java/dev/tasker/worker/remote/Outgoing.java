package dev.tasker.worker.remote;

import dev.tasker.protocol.worker.v1.Checkpoint;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Credit;
import dev.tasker.protocol.worker.v1.Draining;
import dev.tasker.protocol.worker.v1.Heartbeat;
import dev.tasker.protocol.worker.v1.Lease;
import dev.tasker.protocol.worker.v1.PublishEvents;
import dev.tasker.protocol.worker.v1.Reject;
import dev.tasker.protocol.worker.v1.Results;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What waits to be written to the current stream, in order of urgency. Guarded by the monitor of its {@link LeaseLedger}. */
final class Outgoing {
    private static final int MESSAGE_BYTES = 1 << 20;

    private final Queue<Entry> outcomes = new ArrayDeque<>();
    private final Queue<Checkpoint> checkpoints = new ArrayDeque<>();
    private final Queue<Reject> rejects = new ArrayDeque<>();
    private final Queue<PublishEvents> events = new ArrayDeque<>();
    private int credit;
    private boolean heartbeatDue;
    private boolean draining;
    private boolean drainingToSend;

    void credit(int slots) {
        credit += slots;
    }

    void reject(Reject reject) {
        rejects.add(reject);
    }

    void checkpoint(Checkpoint checkpoint) {
        checkpoints.add(checkpoint);
    }

    void events(PublishEvents published) {
        events.add(published);
    }

    void outcome(Entry entry) {
        entry.queued = true;
        outcomes.add(entry);
    }

    void heartbeat() {
        heartbeatDue = true;
    }

    void drain() {
        draining = true;
        drainingToSend = true;
    }

    /** A stream stands: what it has to be told first. */
    void begin(int free) {
        credit = draining ? 0 : free;
        drainingToSend = draining;
    }

    /** The stream is gone, and with it all that was meant for it. */
    void forget() {
        credit = 0;
        heartbeatDue = false;
        rejects.clear();
        checkpoints.clear();
        events.clear();
        outcomes.clear();
    }

    @Nullable
    WorkerMessage next(Supplier<List<Lease>> leases) {
        WorkerMessage.Builder message = WorkerMessage.newBuilder();
        if (drainingToSend) {
            drainingToSend = false;
            return message.setDraining(Draining.getDefaultInstance()).build();
        }
        if (credit > 0) {
            Credit granted = Credit.newBuilder().setSlots(credit).build();
            credit = 0;
            return message.setCredit(granted).build();
        }
        if (!rejects.isEmpty()) {
            return message.setReject(rejects.remove()).build();
        }
        if (!events.isEmpty()) {
            return message.setPublishEvents(events.remove()).build();
        }
        if (!checkpoints.isEmpty()) {
            return message.setCheckpoint(checkpoints.remove()).build();
        }
        if (!outcomes.isEmpty()) {
            return message.setResults(nextResults()).build();
        }
        if (heartbeatDue) {
            heartbeatDue = false;
            return message.setHeartbeat(Heartbeat.newBuilder().addAllLeases(leases.get()))
                    .build();
        }
        return null;
    }

    private Results nextResults() {
        Results.Builder results = Results.newBuilder();
        long now = System.nanoTime();
        int bytes = 0;
        for (Entry entry = outcomes.peek(); entry != null; entry = outcomes.peek()) {
            Complete result = entry.message;
            if (result == null) { // answered meanwhile
                outcomes.remove();
                entry.queued = false;
                continue;
            }
            int length = result.getSerializedSize();
            if (bytes > 0 && bytes + length > MESSAGE_BYTES) {
                break;
            }
            outcomes.remove();
            entry.queued = false;
            entry.sentNanos = now;
            bytes += length;
            results.addResults(result);
        }
        return results.build();
    }
}
