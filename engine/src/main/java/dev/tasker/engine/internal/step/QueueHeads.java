package dev.tasker.engine.internal.step;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What this node knows of waiting steps: per queue and priority whether something may wait, and from which sequence on to look. Knowledge
 * only: the truth is the ready table, and {@link #rescan} brings both together. Thread-safe.
 *
 * <p>The cursor keeps a claim from walking over entries that are dead but cannot be removed while some foreign transaction pins them.
 * It trails what was taken by a margin, since a lane may commit a lower sequence after another lane's higher one; what even the margin
 * misses the next rescan finds.
 */
public final class QueueHeads {
    /** How far the cursor trails; more than any lane enqueues while another commits. */
    static final long MARGIN = 4096;

    private final Map<Integer, TreeMap<Integer, Head>> queues = new HashMap<>();
    private volatile boolean mayWait;

    /** A queue and priority where something may wait, and the sequence after which to look. */
    public record Position(int queueId, int priority, long cursor, long signal) {}

    /** A queue and priority with waiting steps as the database reports it. */
    public record Waiting(int queueId, int priority, long firstSequence) {}

    private static final class Head {
        private long cursor;
        private long signal;
        private boolean waiting;
        private boolean unclaimed; // enqueued here since it was last asked about
    }

    /** Notes that a step was enqueued. */
    public synchronized void enqueued(int queueId, int priority) {
        Head head = head(queueId, priority);
        head.waiting = true;
        head.unclaimed = true;
        head.signal++;
        mayWait = true;
    }

    /** Whether anything may wait anywhere; cheap. */
    public boolean mayWait() {
        return mayWait;
    }

    /** Whether steps enqueued since the last question still wait, so that other nodes should be told. */
    public synchronized boolean takeUnclaimed() {
        boolean found = false;
        boolean any = false;
        for (TreeMap<Integer, Head> priorities : queues.values()) {
            for (Head head : priorities.values()) {
                found |= head.waiting && head.unclaimed;
                any |= head.waiting;
                head.unclaimed = false;
            }
        }
        mayWait = any;
        return found;
    }

    /** Where something may wait in {@code queueIds}, highest priority first. */
    public synchronized List<Position> positions(Collection<Integer> queueIds) {
        List<Position> positions = new ArrayList<>();
        for (Integer queueId : queueIds) {
            TreeMap<Integer, Head> heads = queues.get(queueId);
            if (heads == null) {
                continue;
            }
            heads.forEach((priority, head) -> {
                if (head.waiting) {
                    positions.add(new Position(queueId, priority, head.cursor, head.signal));
                }
            });
        }
        positions.sort(Comparator.comparingInt(Position::priority).reversed());
        return positions;
    }

    /** Notes what a claim that looked from {@code position} on took; {@code exhausted} when it could have taken more. */
    public synchronized void taken(Position position, long lastSequence, boolean exhausted) {
        Head head = head(position.queueId(), position.priority());
        head.cursor = Math.max(head.cursor, lastSequence - MARGIN);
        if (exhausted && head.signal == position.signal()) {
            head.waiting = false;
        }
    }

    /** Takes over what the database reports about {@code queueIds}; steps enqueued since {@code positions} were read stay noted. */
    public synchronized void rescan(Collection<Waiting> found) {
        for (Waiting waiting : found) {
            Head head = head(waiting.queueId(), waiting.priority());
            head.cursor = waiting.firstSequence() - 1;
            head.waiting = true;
            head.signal++;
            mayWait = true;
        }
    }

    /** Whether something of at least {@code priority} may wait in the queue. */
    public synchronized boolean waitsAtLeast(int queueId, int priority) {
        TreeMap<Integer, Head> heads = queues.get(queueId);
        if (heads == null) {
            return false;
        }
        for (Head head : heads.tailMap(priority, true).values()) {
            if (head.waiting) {
                return true;
            }
        }
        return false;
    }

    private Head head(int queueId, int priority) {
        return queues.computeIfAbsent(queueId, _ -> new TreeMap<>()).computeIfAbsent(priority, _ -> new Head());
    }
}
