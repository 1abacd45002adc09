package dev.tasker.engine.internal.step;

import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.internal.lane.BatchNumbers;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.session.SessionRegistry;
import dev.tasker.engine.internal.sql.DedicatedConnection;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.sql.SqlFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Claims waiting steps for sessions with free slots: one call per session, taking from all of its queues where something may wait. Sessions
 * take turns in being first. Used by one thread.
 */
public final class StepClaimer {
    /** Most steps of one claim: keeps the other sessions' wait short. */
    static final int CLAIM_MAX = 250;

    /** How long a call may go on at the server without its connection: more than a lock timeout. */
    private static final Duration LINGER_MAX = Duration.ofSeconds(12);

    private static final Duration NOTHING_LOST = Duration.ofHours(1);

    private static final String CALL = """
        SELECT kind, task_uuid, step_index, token, attempts, queue_id, priority, sequence
        FROM   tasker.claim_steps(?, ?, ?, ?, ?, ?, ?)
        """;

    private final SessionRegistry sessions;
    private final QueueHeads heads;
    private final AssignmentAssembler assembler;
    private final BatchNumbers numbers;
    private final DedicatedConnection connection;
    private final long renewNanos;
    private final Set<Long> looked = new HashSet<>();
    private int turn;

    public StepClaimer(
            SessionRegistry sessions,
            QueueHeads heads,
            AssignmentAssembler assembler,
            BatchNumbers numbers,
            DedicatedConnection connection,
            LeaseConfig leases) {
        this.sessions = sessions;
        this.heads = heads;
        this.assembler = assembler;
        this.numbers = numbers;
        this.connection = connection;
        this.renewNanos = leases.heartbeat().toNanos();
    }

    /** Claims until no session with free slots has anything to wait for; returns how many steps were leased. */
    public int runOnce() throws SQLException {
        int leased = 0;
        boolean progress = true;
        while (progress) {
            progress = false;
            List<LiveSession> order = new ArrayList<>(sessions.all());
            turn++;
            for (int i = 0; i < order.size(); i++) {
                LiveSession session = order.get((i + turn) % order.size());
                if (!session.wantsWork()) {
                    continue;
                }
                if (!looked.containsAll(numbers.lost().keySet())) {
                    return leased; // a slot that seems free may be taken: the next pass begins with a reconciliation
                }
                List<QueueHeads.Position> positions = heads.positions(session.queueIds());
                if (positions.isEmpty()) {
                    continue;
                }
                leased += claim(session, positions);
                progress = true; // each claim takes something or learns that nothing waits
            }
        }
        return leased;
    }

    private int claim(LiveSession session, List<QueueHeads.Position> positions) throws SQLException {
        int slots = session.reserve(CLAIM_MAX);
        if (slots == 0) {
            return 0;
        }
        long number = numbers.begin();
        boolean answerLost = false;
        int used = 0;
        try {
            Claimed claimed = call(session, positions, slots, number);
            if (claimed.refused()) {
                session.silence();
                return 0;
            }
            session.resetSticky();
            used = claimed.steps().size();
            learn(positions, claimed, slots);
            if (used > 0) {
                assembler.deliver(claimed.steps(), number);
            }
            return used;
        } catch (SQLException e) {
            session.renewalLost();
            answerLost = SqlFailure.of(e) == SqlFailure.CONNECTION;
            if (SqlFailure.of(e) != SqlFailure.REPEAT) {
                throw e;
            }
            return 0;
        } finally {
            session.addSlots(slots - used);
            if (answerLost) {
                numbers.lost(number);
            } else {
                numbers.answered(number);
            }
        }
    }

    private record Taken(int count, long lastSequence) {}

    private record HeadKey(int queueId, int priority) {}

    private record Claimed(List<LeasedStep> steps, Map<HeadKey, Taken> byHead, boolean refused) {}

    private Claimed call(LiveSession session, List<QueueHeads.Position> positions, int slots, long number)
            throws SQLException {
        boolean renew = session.renewWithLease(System.nanoTime(), renewNanos);
        return connection.run(open -> {
            try (PreparedStatement call = open.prepareStatement(CALL)) {
                call.setLong(1, number);
                SqlArrays.setInts(call, 2, renew ? new int[] {session.id()} : new int[0]);
                call.setInt(3, session.id());
                SqlArrays.setInts(
                        call,
                        4,
                        positions.stream()
                                .mapToInt(QueueHeads.Position::queueId)
                                .toArray());
                SqlArrays.setInts(
                        call,
                        5,
                        positions.stream()
                                .mapToInt(QueueHeads.Position::priority)
                                .toArray());
                SqlArrays.setLongs(
                        call,
                        6,
                        positions.stream()
                                .mapToLong(QueueHeads.Position::cursor)
                                .toArray());
                call.setInt(7, slots);
                return claimed(session, call.executeQuery());
            }
        });
    }

    private static Claimed claimed(LiveSession session, ResultSet rows) throws SQLException {
        List<LeasedStep> steps = new ArrayList<>();
        Map<HeadKey, Taken> byHead = new HashMap<>();
        boolean refused = false;
        while (rows.next()) {
            switch (rows.getInt(1)) {
                case 0 ->
                    steps.add(new LeasedStep(
                            session,
                            new StepKey(rows.getObject(2, UUID.class), rows.getInt(3)),
                            rows.getInt(4),
                            rows.getInt(5)));
                case 1 ->
                    byHead.put(new HeadKey(rows.getInt(6), rows.getInt(7)), new Taken(rows.getInt(4), rows.getLong(8)));
                case 2 -> refused = true;
                default -> throw new IllegalStateException("kind: " + rows.getInt(1) + " (expected: 0 to 2)");
            }
        }
        return new Claimed(steps, byHead, refused);
    }

    private void learn(List<QueueHeads.Position> positions, Claimed claimed, int slots) {
        int total = claimed.byHead().values().stream().mapToInt(Taken::count).sum();
        for (QueueHeads.Position position : positions) {
            Taken taken = claimed.byHead().get(new HeadKey(position.queueId(), position.priority()));
            // With slots left over every head was emptied, but for rows that another claimer holds: those are its own.
            heads.taken(position, taken == null ? 0 : taken.lastSequence(), total < slots);
        }
    }

    /** Delivers everything that the database says this node's sessions hold and they do not know of. */
    public void reconcileAll() throws SQLException {
        for (LiveSession session : sessions.all()) {
            reconcile(session);
        }
    }

    /**
     * Delivers what calls leased whose answer was lost: at once, and again when the server has certainly given up a call that was still
     * waiting for a lock when its connection broke. Returns how long nothing is to be looked for.
     */
    public Duration reconcile() throws SQLException {
        Map<Long, Long> lost = numbers.lost();
        if (lost.isEmpty()) {
            return NOTHING_LOST;
        }
        long now = System.nanoTime();
        Set<Long> over = new HashSet<>();
        Duration next = LINGER_MAX;
        for (Map.Entry<Long, Long> call : lost.entrySet()) {
            Duration left = LINGER_MAX.minusNanos(now - call.getValue());
            if (left.isPositive()) {
                next = left.compareTo(next) < 0 ? left : next;
            } else {
                over.add(call.getKey());
            }
        }
        if (!over.isEmpty() || !looked.containsAll(lost.keySet())) {
            reconcileAll();
            numbers.reconciled(over);
            looked.addAll(lost.keySet());
            looked.removeAll(over);
        }
        return next.plusMillis(1);
    }

    /**
     * Delivers leases of {@code session} that the database knows and the node does not. They are noted before they are asked for once
     * more: a lease that another call's answer delivered, and whose result was recorded, between the first look and the note has ended by
     * the second look; one whose answer is still under way is left to us.
     */
    private void reconcile(LiveSession session) throws SQLException {
        List<LeasedStep> unknown = new ArrayList<>(connection.run(open -> leasesOf(open, session)));
        unknown.removeIf(step -> isHeld(session, step));
        if (unknown.isEmpty()) {
            return;
        }
        long number = numbers.begin();
        session.addSlots(-unknown.size());
        List<AssignmentAssembler.Noted> noted = assembler.note(unknown, number);
        Set<LeasedStep> leased = Set.of();
        try {
            leased = Set.copyOf(connection.run(open -> leasesOf(open, session)));
        } finally {
            List<AssignmentAssembler.Noted> found = new ArrayList<>();
            for (AssignmentAssembler.Noted one : noted) {
                if (leased.contains(one.step())) {
                    found.add(one);
                } else if (session.forget(one.step().key(), one.step().token())) {
                    session.addSlots(1);
                }
            }
            assembler.hand(found);
            numbers.answered(number);
        }
    }

    private static boolean isHeld(LiveSession session, LeasedStep step) {
        Held known = session.held(step.key());
        return known != null && known.token() >= step.token();
    }

    private static List<LeasedStep> leasesOf(Connection open, LiveSession session) throws SQLException {
        try (PreparedStatement select =
                open.prepareStatement("SELECT task_uuid, step_index, token, attempts FROM tasker.leases_of(?)")) {
            select.setInt(1, session.id());
            ResultSet rows = select.executeQuery();
            List<LeasedStep> leased = new ArrayList<>();
            while (rows.next()) {
                StepKey key = new StepKey(rows.getObject(1, UUID.class), rows.getInt(2));
                leased.add(new LeasedStep(session, key, rows.getInt(3), rows.getInt(4)));
            }
            return leased;
        }
    }
}
