package dev.tasker.engine.internal.session;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.internal.step.Queue;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.RunnableStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session of this node: its slots, what it holds, when it was last renewed. Thread-safe. A slot is either free, reserved by a call under
 * way, or taken by a held lease.
 */
public final class LiveSession {
    private static final Logger log = LoggerFactory.getLogger(LiveSession.class);

    /** The deadline of a lease that may go on for ever. */
    static final long NO_DEADLINE = Long.MAX_VALUE;

    private final int id;
    private final UUID uuid;
    private final SessionRequest request;
    private final AssignmentListener listener;
    private final AtomicInteger free = new AtomicInteger();
    private final AtomicInteger sticky = new AtomicInteger();
    private final ConcurrentHashMap<StepKey, Held> held = new ConcurrentHashMap<>();
    private final Set<Integer> queueIds = ConcurrentHashMap.newKeySet();
    private final QueuePauses pauses = new QueuePauses(System::nanoTime);
    private volatile boolean draining;
    private volatile boolean closed;
    private volatile boolean silent;
    private volatile long lastLeaseBatch;
    private volatile long cutBatch;
    private volatile long renewedNanos;

    /** A lease the session holds; the assignment arrives once its payload is assembled. */
    public static final class Held {
        private final StepKey key;
        private final int token;
        private volatile @Nullable RegisteredTemplate template;
        private volatile @Nullable Assignment assignment;
        private volatile boolean reported;
        private volatile long deadline = NO_DEADLINE;

        public Held(StepKey key, int token, @Nullable RegisteredTemplate template) {
            this.key = key;
            this.token = token;
            this.template = template;
        }

        public StepKey key() {
            return key;
        }

        public int token() {
            return token;
        }

        /** The template of the step's task, null while unknown. */
        public @Nullable RegisteredTemplate template() {
            return template;
        }

        public @Nullable Assignment assignment() {
            return assignment;
        }

        /** The definition the step runs, null while unknown. */
        public @Nullable RunnableStep runnable() {
            RegisteredTemplate of = template;
            if (of == null) {
                return null;
            }
            RunnableStep own = of.step(key.index());
            Assignment made = assignment;
            return own != null || made == null ? own : of.step(made.step().templateStepName());
        }

        public void assigned(Assignment made, RegisteredTemplate of) {
            template = of;
            assignment = made;
        }

        /** Its result is on the way: from now on the answer to that result tells how the lease ended. */
        public void reported() {
            reported = true;
        }

        public boolean isReported() {
            return reported;
        }

        /** When the lease is over however often it is renewed, in the ticks of {@link StepDeadlines}. */
        long deadline() {
            return deadline;
        }

        void endsBy(long newDeadline) {
            deadline = newDeadline;
        }
    }

    LiveSession(int id, UUID uuid, SessionRequest request, AssignmentListener listener, long nowNanos) {
        this.id = id;
        this.uuid = uuid;
        this.request = request;
        this.listener = listener;
        this.renewedNanos = nowNanos;
    }

    public int id() {
        return id;
    }

    public UUID uuid() {
        return uuid;
    }

    SessionRequest request() {
        return request;
    }

    /** Hands assignments to the session's listener. What it throws is its own fault: the leases stay and run out. */
    public void hand(List<Assignment> assignments) {
        try {
            listener.assigned(assignments);
        } catch (RuntimeException e) {
            log.error("the listener of session {} failed on {} assignments", uuid, assignments.size(), e);
        }
    }

    /** Tells the session's listener that a lease has ended. */
    public void tellLost(Assignment assignment) {
        tellEnded(assignment, false);
    }

    /** As {@link #tellLost}, and whether a person wanted that. */
    void tellEnded(Assignment assignment, boolean cancelled) {
        try {
            if (cancelled) {
                listener.cancelled(assignment);
            } else {
                listener.lost(assignment);
            }
        } catch (RuntimeException e) {
            log.error("the listener of session {} failed on a lost lease", uuid, e);
        }
    }

    public boolean isSelfRenewing() {
        return request.selfRenewing();
    }

    /** How long a handler of this session may run: what the step states, else the worker's own limit; zero: for ever. */
    public Duration timeoutOf(Assignment assignment) {
        Duration stated = assignment.timeout();
        Duration own = request.handlerTimeout();
        if (stated != null) {
            return stated;
        }
        return own == null ? Duration.ZERO : own;
    }

    /** Whether the session registered a handler for the queue's callable. */
    public boolean serves(Queue queue) {
        return request.handlers().stream().anyMatch(key -> key.covers(queue.namespace(), queue.callable()));
    }

    void subscribe(Queue queue) {
        if (serves(queue)) {
            queueIds.add(queue.id());
        }
    }

    /** The queues the session is served from. */
    public Collection<Integer> queueIds() {
        return queueIds;
    }

    /** The queues the session is served from now. */
    public Collection<Integer> openQueueIds() {
        return pauses.without(queueIds);
    }

    /** The session is not served from this queue for so long, and longer each time it comes to that again. */
    public void pause(int queueId, Duration first) {
        pauses.begin(queueId, first);
    }

    /** How long until the session is served from one more queue; null: until nothing that is known. */
    public @Nullable Duration untilServedAgain() {
        return pauses.untilNextEnd();
    }

    /** Whether steps of this queue may be leased to the session now, slots aside. */
    public boolean accepts(int queueId) {
        return isServed() && queueIds.contains(queueId) && !pauses.covers(queueId);
    }

    /** Whether the session wants steps at all. */
    public boolean wantsWork() {
        return isServed() && free.get() > 0;
    }

    /** Whether the session is given anything. */
    public boolean isServed() {
        return !draining && !closed && !(silent && !held.isEmpty());
    }

    public int freeSlots() {
        return free.get();
    }

    public void addSlots(int slots) {
        free.addAndGet(slots);
    }

    /** A lease has ended: its slot is free again, where slots return. */
    public void returnSlot() {
        if (request.slotsReturn()) {
            free.incrementAndGet();
        }
    }

    /** Whether a lease that ends has a slot to give to a successor. */
    public boolean slotsReturn() {
        return request.slotsReturn();
    }

    /** Reserves up to {@code wanted} slots and returns how many. */
    public int reserve(int wanted) {
        while (true) {
            int available = free.get();
            int taken = Math.min(available, wanted);
            if (taken <= 0) {
                return 0;
            }
            if (free.compareAndSet(available, available - taken)) {
                return taken;
            }
        }
    }

    /** Counts a successor that goes straight to this session while others wait; false when it had {@code max} in a row. */
    public boolean countSticky(int max) {
        while (true) {
            int count = sticky.get();
            if (count >= max) {
                return false;
            }
            if (sticky.compareAndSet(count, count + 1)) {
                return true;
            }
        }
    }

    /** A claim served the session from its queues: the row of sticky successors begins anew. */
    public void resetSticky() {
        sticky.set(0);
    }

    /**
     * Notes a lease, whose slot was reserved before. Returns what was held for the step: null, this lease itself as noted before, or
     * an older lease of the same step, which has ended and gives way; the slot of either is the caller's to free.
     */
    public @Nullable Held hold(Held lease, long batch) {
        noteBatch(batch);
        while (true) {
            Held before = held.putIfAbsent(lease.key(), lease);
            if (before == null || before.token() >= lease.token() || held.replace(lease.key(), before, lease)) {
                return before;
            }
        }
    }

    /** Notes that a call leased, or may have leased, to the session. */
    public void noteBatch(long batch) {
        synchronized (held) {
            lastLeaseBatch = Math.max(lastLeaseBatch, batch);
        }
    }

    public @Nullable Held held(StepKey key) {
        return held.get(key);
    }

    /** Forgets the lease under this token; true when it was held. */
    public boolean forget(StepKey key, int token) {
        Held lease = held.get(key);
        return lease != null && lease.token() == token && held.remove(key, lease);
    }

    public List<Held> leases() {
        return new ArrayList<>(held.values());
    }

    /** The leases now, without a copy. */
    Collection<Held> currentLeases() {
        return held.values();
    }

    public boolean holdsNothing() {
        return held.isEmpty();
    }

    /** Whether a heartbeat has anything to write: leases to renew or a log to cut. */
    public boolean needsHeartbeat() {
        return !held.isEmpty() || lastLeaseBatch > cutBatch;
    }

    void cutUpTo(long batch) {
        cutBatch = batch;
    }

    void renewed(long nowNanos) {
        renewedNanos = nowNanos;
        silent = false;
    }

    /**
     * The session's leases ran out: it is given nothing before it is renewed, which the next call that leases to it does once it holds
     * nothing.
     */
    public void silence() {
        silent = true;
    }

    /** Whether its leases ran out and it was not heard of since. */
    public boolean isSilent() {
        return silent;
    }

    /** The session was renewed after all. */
    public void heard() {
        silent = false;
    }

    /**
     * Whether a call that leases to the session must renew it: its row was last renewed more than {@code intervalNanos} ago. A
     * remote session that holds leases renews itself, or is dead.
     */
    public boolean renewWithLease(long nowNanos, long intervalNanos) {
        boolean due = silent || nowNanos - renewedNanos >= intervalNanos;
        if (!due || !(request.selfRenewing() || held.isEmpty())) {
            return false;
        }
        renewed(nowNanos);
        return true;
    }

    /** The call that was to renew the session failed: the next one has to. */
    public void renewalLost() {
        renewedNanos = System.nanoTime() - TimeUnit.DAYS.toNanos(1);
    }

    /** Whether the session is to be given nothing more. */
    public boolean isDraining() {
        return draining;
    }

    void drain() {
        draining = true;
    }

    void close() {
        closed = true;
    }

    public boolean isClosed() {
        return closed;
    }
}
