package dev.tasker.server.gateway;

import dev.tasker.engine.Assignment;
import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.Assignments;
import dev.tasker.protocol.worker.v1.Cancel;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Event;
import dev.tasker.protocol.worker.v1.HeartbeatAck;
import dev.tasker.protocol.worker.v1.ServerMessage;
import io.grpc.Status;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one worker is to be told. Anyone may add, never waiting; one thread at a time writes, and puts what has gathered meanwhile into as
 * few messages as possible: the busier the stream, the larger the messages. While the worker does not read, everything stays here, and
 * what stays here is bounded by the slots of the session and the results it may have under way; of events the oldest give way.
 */
final class Outbox {
    /** A message is closed when it has reached this size; a single entry may be larger. */
    private static final int MESSAGE_BYTES = 1 << 20;

    static final int ASSIGNMENT_BYTES_MAX = 8 << 20;

    private static final String CANCELLED = "the step was cancelled or settled by hand";

    private static final Status UNREAD =
            Status.RESOURCE_EXHAUSTED.withDescription("the worker does not read its messages");

    private final Line line;
    private final AssignmentEncoder encoder;
    private final Executor executor;
    private final Consumer<Assignment> tooLarge;
    private final int entriesMax;
    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
    private final EventBacklog events = new EventBacklog();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicInteger calls =
            new AtomicInteger(); // of flush since its thread last looked; not zero: one runs
    private volatile @Nullable ServerMessage first; // the answer to Register; nothing goes before it
    private volatile @Nullable Status ended;
    private volatile boolean cut; // what is queued is not sent any more
    private boolean begun; // by the flushing thread, as is the next
    private boolean over;

    private sealed interface Entry {}

    private record Work(List<Assignment> assignments) implements Entry {}

    private record Answer(Completed.Outcome outcome) implements Entry {}

    private record Ended(LeaseKey lease, boolean cancelled) implements Entry {}

    private record Control(ServerMessage message) implements Entry {}

    /** @param tooLarge told of assignments that exceed {@link #ASSIGNMENT_BYTES_MAX} and are not sent */
    Outbox(Line line, AssignmentEncoder encoder, Executor executor, Consumer<Assignment> tooLarge, int entriesMax) {
        this.line = line;
        this.encoder = encoder;
        this.executor = executor;
        this.tooLarge = tooLarge;
        this.entriesMax = entriesMax;
    }

    /** Sends this first, and only then whatever has been added. */
    void begin(ServerMessage registered) {
        first = registered;
        flush();
    }

    void assign(List<Assignment> assignments) {
        add(new Work(assignments));
    }

    void answer(Completed.Outcome outcome) {
        add(new Answer(outcome));
    }

    /** @param cancelled a person wanted it */
    void lost(LeaseKey lease, boolean cancelled) {
        add(new Ended(lease, cancelled));
    }

    void send(ServerMessage message) {
        add(new Control(message));
    }

    /** Tells an event when nothing else is to be told. */
    void tell(Event event) {
        if (ended == null) {
            events.add(event);
            flush();
        }
    }

    /** Ends the stream: with OK after what is queued, otherwise at once. The first call of this and {@link #finish} counts. */
    void end(Status status) {
        if (ended == null) {
            cut = !status.isOk();
            ended = status;
        }
        flush();
    }

    /** Ends the stream with this status after as much of what is queued as the worker takes without waiting. */
    void finish(Status status) {
        if (ended == null) {
            ended = status;
        }
        flush();
    }

    /** Writes what is there, on another thread; also to be called whenever the stream becomes ready again. */
    void flush() {
        if (calls.getAndIncrement() == 0) {
            executor.execute(this::flushAll);
        }
    }

    private void add(Entry entry) {
        if (ended != null) {
            return;
        }
        entries.add(entry);
        if (size.incrementAndGet() > entriesMax) {
            end(UNREAD);
            return;
        }
        flush();
    }

    private void flushAll() {
        int seen = calls.get();
        do {
            writeWhileReady();
            seen = calls.addAndGet(-seen);
        } while (seen != 0);
    }

    private void writeWhileReady() {
        if (!begun && first != null && !cut) {
            begun = true;
            line.send(first);
        }
        var message = new Batch();
        while (begun && !over && !cut && line.isReady()) {
            Entry entry = entries.poll();
            if (entry == null) {
                break;
            }
            size.decrementAndGet();
            switch (entry) {
                case Work work -> work.assignments().forEach(message::add);
                case Answer answer -> message.add(answer.outcome());
                case Ended ended -> message.add(ended);
                case Control control -> {
                    message.write();
                    line.send(control.message());
                }
            }
        }
        if (over) {
            return;
        }
        if (!cut) {
            message.write();
            tellEvents();
        }
        Status status = ended;
        if (status != null && (cut || entries.isEmpty() || (!status.isOk() && !(begun && line.isReady())))) {
            over = true;
            entries.clear();
            line.end(status);
        }
    }

    private void tellEvents() {
        while (begun && line.isReady()) {
            Event event = events.poll();
            if (event == null) {
                return;
            }
            line.send(ServerMessage.newBuilder().setEvent(event).build());
        }
    }

    /** Gathers entries of four kinds into one message each. Outcomes go before losses, so that an answered lease is not seen as lost. */
    private final class Batch {
        private final Assignments.Builder assignments = Assignments.newBuilder();
        private final Completed.Builder completed = Completed.newBuilder();
        private final HeartbeatAck.Builder lost = HeartbeatAck.newBuilder();
        private final Cancel.Builder cancelled = Cancel.newBuilder().setReason(CANCELLED);
        private long bytes;

        void add(Assignment assignment) {
            Assign assign = encoder.encode(assignment);
            int length = assign.getSerializedSize();
            if (length > ASSIGNMENT_BYTES_MAX) {
                tooLarge.accept(assignment);
                return;
            }
            if (bytes > 0 && bytes + length > MESSAGE_BYTES) {
                write();
            }
            bytes += length;
            assignments.addAssignments(assign);
        }

        void add(Completed.Outcome outcome) {
            completed.addOutcomes(outcome);
        }

        void add(Ended ended) {
            if (ended.cancelled()) {
                cancelled.addLeases(ended.lease().toWire());
            } else {
                lost.addLost(ended.lease().toWire());
            }
        }

        void write() {
            if (assignments.getAssignmentsCount() > 0) {
                line.send(ServerMessage.newBuilder().setAssignments(assignments).build());
                assignments.clear();
                bytes = 0;
            }
            if (completed.getOutcomesCount() > 0) {
                line.send(ServerMessage.newBuilder().setCompleted(completed).build());
                completed.clear();
            }
            if (lost.getLostCount() > 0) {
                line.send(ServerMessage.newBuilder().setHeartbeatAck(lost).build());
                lost.clear();
            }
            if (cancelled.getLeasesCount() > 0) {
                line.send(ServerMessage.newBuilder().setCancel(cancelled).build());
                cancelled.clearLeases();
            }
        }
    }
}
