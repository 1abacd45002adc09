package dev.tasker.engine.internal.session;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.internal.lane.BatchNumbers;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.sql.DedicatedConnection;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.sql.Timeline;
import dev.tasker.engine.internal.step.StepKey;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Renews the leases of all sessions that are alive with one call, and cuts their lease logs. A session without leases costs nothing. Passes
 * are made by one thread.
 */
public final class Heartbeater {
    private static final String CALL =
            "SELECT session_id, task_uuid, step_index, token, cancelled, timeline FROM tasker.heartbeat(?, ?, ?, ?, ?,"
                    + " ?, ?)";

    /** Longest wait for memory to be compared; whoever compared it asks for a pass. */
    private static final Duration COMPARING = Duration.ofMillis(250);

    private final SessionRegistry sessions;
    private final BatchNumbers numbers;
    private final DedicatedConnection connection;
    private final Duration interval;
    private final Set<LiveSession> alive = ConcurrentHashMap.newKeySet();
    private final Runnable slotsFreed;
    private final Timeline timeline;
    private long nextOwnNanos;

    /** @param slotsFreed sessions may be given more */
    public Heartbeater(
            SessionRegistry sessions,
            BatchNumbers numbers,
            DedicatedConnection connection,
            LeaseConfig leases,
            Runnable slotsFreed,
            Timeline timeline) {
        this.sessions = sessions;
        this.numbers = numbers;
        this.connection = connection;
        this.interval = leases.heartbeat();
        this.slotsFreed = slotsFreed;
        this.timeline = timeline;
        this.nextOwnNanos = System.nanoTime() + interval.toNanos();
    }

    /** The worker of a remote session gave a sign of life; renewed by the next pass. */
    public void alive(LiveSession session) {
        alive.add(session);
    }

    /** Renews whoever is alive; returns when the sessions of this process are due again. */
    public Duration runOnce() throws SQLException {
        long now = System.nanoTime();
        List<LiveSession> due = new ArrayList<>(alive);
        alive.removeAll(due);
        if (now - nextOwnNanos >= 0) {
            nextOwnNanos = now + interval.toNanos();
            sessions.all().stream().filter(LiveSession::isSelfRenewing).forEach(due::add);
        }
        due.removeIf(session -> session.isClosed() || !session.needsHeartbeat());
        if (!due.isEmpty()) {
            boolean renewed = false;
            try {
                renewed = renew(due);
            } finally {
                if (!renewed) {
                    // all of them again with the next pass, not an interval later
                    due.stream().filter(session -> !session.isSelfRenewing()).forEach(alive::add);
                    nextOwnNanos = now;
                }
            }
            if (!renewed) {
                return COMPARING;
            }
        }
        return Duration.ofNanos(Math.max(1, nextOwnNanos - System.nanoTime()));
    }

    /** False: the node's memory is of another timeline, and nothing was done. */
    private boolean renew(List<LiveSession> due) throws SQLException {
        if (timeline.toCompare() != null) {
            return false;
        }
        String known = timeline.known();
        long settled = numbers.settled();
        List<LiveSession> holders = new ArrayList<>();
        List<Held> leases = new ArrayList<>();
        for (LiveSession session : due) {
            for (Held lease : session.leases()) {
                holders.add(session);
                leases.add(lease);
            }
        }
        long sent = System.nanoTime();
        record Lost(int sessionId, StepKey step, int token, boolean cancelled) {}
        @Nullable
        List<Lost> lost = connection.run(open -> {
            try (PreparedStatement call = open.prepareStatement(CALL)) {
                SqlArrays.setInts(
                        call, 1, due.stream().mapToInt(LiveSession::id).toArray());
                call.setLong(2, settled);
                SqlArrays.setInts(
                        call, 3, holders.stream().mapToInt(LiveSession::id).toArray());
                SqlArrays.setUuids(
                        call,
                        4,
                        leases.stream().map(lease -> lease.key().task()).toList());
                SqlArrays.setInts(
                        call,
                        5,
                        leases.stream().mapToInt(lease -> lease.key().index()).toArray());
                SqlArrays.setInts(call, 6, leases.stream().mapToInt(Held::token).toArray());
                call.setString(7, known);
                ResultSet rows = call.executeQuery();
                List<Lost> found = new ArrayList<>();
                while (rows.next()) {
                    int session = rows.getInt(1);
                    if (rows.wasNull()) {
                        timeline.saw(rows.getString(6));
                        return null;
                    }
                    found.add(new Lost(
                            session,
                            new StepKey(rows.getObject(2, UUID.class), rows.getInt(3)),
                            rows.getInt(4),
                            rows.getBoolean(5)));
                }
                return found;
            }
        });
        if (lost == null) {
            return false;
        }
        for (LiveSession session : due) {
            session.renewed(sent);
            session.cutUpTo(settled);
        }
        slotsFreed.run(); // one that was silent is served again
        for (Lost lease : lost) {
            LiveSession session = sessions.byId(lease.sessionId());
            if (session != null) {
                lose(session, lease.step(), lease.token(), lease.cancelled());
            }
        }
        return true;
    }

    /** A person ended the lease; its session is told. Nothing happens when its result is on the way. */
    public void cancel(LiveSession session, StepKey step, int token) {
        lose(session, step, token, true);
    }

    private void lose(LiveSession session, StepKey step, int token, boolean cancelled) {
        Held held = session.held(step);
        if (held == null || held.isReported() || !session.forget(step, token)) {
            return;
        }
        session.returnSlot();
        Assignment assignment = held.assignment();
        if (assignment != null) {
            session.tellEnded(assignment, cancelled);
        }
        slotsFreed.run();
    }
}
