package dev.tasker.engine.internal.recovery;

import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.domainevent.EndedEvents;
import dev.tasker.engine.internal.domainevent.EventCandidate;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.SessionRegistry;
import dev.tasker.engine.internal.sql.DedicatedConnection;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.sql.SqlFailure;
import dev.tasker.engine.internal.step.Queue;
import dev.tasker.engine.internal.step.QueueHeads;
import dev.tasker.engine.internal.step.StepKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What wakes by time: one look at the database per pass tells what is due, which sessions expired and what waits, and when to look again.
 * Needs no hint; any node does it for all. Passes are made by one thread.
 */
public final class Recovery {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);
    private static final int RETRIES_MAX = 500;
    private static final int LOG_ROWS_MAX = 20;

    private static final String PULSE =
            "SELECT kind, at, id, priority, sequence, namespace, callable FROM tasker.pulse(?, ?)";
    private static final String RETRY =
            "SELECT task_uuid, step_index, state, queue_id, priority FROM tasker.retry_due(?)";
    private static final String EXPIRE =
            "SELECT task_uuid, step_index, state, queue_id, priority FROM tasker.expire_session(?, ?, ?, ?)";
    private static final String UPTIME =
            "SELECT extract(epoch FROM now() - pg_postmaster_start_time())::double precision";

    private static final String END_PREDECESSORS = """
        UPDATE tasker.worker_sessions AS session SET expires_at = tasker.engine_now() - interval '1 day'
        WHERE  session.in_process AND session.node_uuid <> ?
        AND    EXISTS (SELECT FROM tasker.session_leases AS log WHERE log.session_id = session.session_id)
        RETURNING session.session_id
        """;

    /** The stored result of an attempt whose lease ran out (04 §3.2). */
    private static final String LEASE_EXPIRED =
            "{\"success\":false,\"result\":{},\"status\":\"error\",\"metadata\":{\"retryable\":true,\"error_type\":\"lease_expired\"},\"error\":{\"message\":\"Lease"
                + " expired: the worker stopped renewing it\",\"error_type\":\"lease_expired\",\"retryable\":true}}";

    private final DedicatedConnection connection;
    private final QueueHeads heads;
    private final SessionRegistry sessions;
    private final Aftermath aftermath;
    private final EndedEvents events;
    private final ExpiryGuard guard;
    private final Runnable beforeExpiry;
    private final Duration pulse;
    private final Duration grace;
    private final @Nullable UUID soleNode;
    private final ConcurrentLinkedQueue<Integer> ended = new ConcurrentLinkedQueue<>();
    private boolean wasAway = true;
    private boolean predecessorsEnded;

    /**
     * @param beforeExpiry returns when results this node received before are recorded
     * @param pulse longest sleep
     * @param soleNode this node, when in-process sessions of all others are known to be dead; otherwise null
     */
    public Recovery(
            DedicatedConnection connection,
            QueueHeads heads,
            SessionRegistry sessions,
            Aftermath aftermath,
            EndedEvents events,
            ExpiryGuard guard,
            Runnable beforeExpiry,
            LeaseConfig leases,
            Duration pulse,
            @Nullable UUID soleNode) {
        this.connection = connection;
        this.heads = heads;
        this.sessions = sessions;
        this.aftermath = aftermath;
        this.events = events;
        this.guard = guard;
        this.beforeExpiry = beforeExpiry;
        this.pulse = pulse.compareTo(leases.duration()) < 0 ? pulse : leases.duration();
        this.grace = leases.grace();
        this.soleNode = soleNode;
    }

    private record Expiry(int sessionId, Instant at) {}

    private record Look(
            Instant now,
            @Nullable Instant nextDue,
            List<Expiry> expiries,
            List<QueueHeads.Waiting> waiting,
            List<Queue> allQueues) {}

    /** Does what is due and returns how long nothing will be. */
    public Duration runOnce() throws SQLException {
        try {
            return pass();
        } catch (SQLException e) {
            if (SqlFailure.of(e) == SqlFailure.CONNECTION) {
                wasAway = true;
                guard.outage(System.nanoTime());
            }
            throw e;
        }
    }

    private Duration pass() throws SQLException {
        if (wasAway) {
            guard.databaseUpFor(uptime(), System.nanoTime());
            wasAway = false;
        }
        if (soleNode != null && !predecessorsEnded) {
            endPredecessors(soleNode);
            predecessorsEnded = true;
        }
        expireEnded();
        Look look = look();
        guard.clockRead(look.now(), System.nanoTime());
        heads.rescan(look.waiting());
        if (!look.allQueues().isEmpty()) {
            sessions.known(look.allQueues());
            return Duration.ofMillis(1); // look again: steps may wait there
        }
        boolean due = look.nextDue() != null && !look.nextDue().isAfter(look.now());
        if (due) {
            while (retryDue() == RETRIES_MAX) {
                log.debug("more retries are due");
            }
        }
        List<Expiry> expired = look.expiries().stream()
                .filter(expiry -> !expiry.at().plus(grace).isAfter(look.now()))
                .toList();
        if (!expired.isEmpty() && guard.allows(System.nanoTime())) {
            beforeExpiry.run();
            for (Expiry expiry : expired) {
                expire(expiry.sessionId());
            }
        }
        if (!look.waiting().isEmpty()) {
            aftermath.slotsFreed();
        }
        return due || (!expired.isEmpty() && guard.allows(System.nanoTime())) ? Duration.ofMillis(1) : sleep(look);
    }

    /** The session was ended on purpose: its steps are taken back in the next pass, whatever the guard says. */
    public void ended(int sessionId) {
        ended.add(sessionId);
    }

    private void expireEnded() throws SQLException {
        if (ended.isEmpty()) {
            return;
        }
        beforeExpiry.run();
        for (Integer session = ended.peek(); session != null; session = ended.peek()) {
            expire(session);
            ended.remove();
        }
    }

    private void endPredecessors(UUID node) throws SQLException {
        List<Integer> dead = connection.run(open -> {
            try (PreparedStatement update = open.prepareStatement(END_PREDECESSORS)) {
                update.setObject(1, node);
                ResultSet rows = update.executeQuery();
                List<Integer> ended = new ArrayList<>();
                while (rows.next()) {
                    ended.add(rows.getInt(1));
                }
                return ended;
            }
        });
        for (int session : dead) {
            expire(session);
        }
    }

    private Duration sleep(Look look) {
        Duration sleep = pulse;
        if (look.nextDue() != null) {
            sleep = shorter(sleep, Duration.between(look.now(), look.nextDue()));
        }
        Duration forbidden = guard.remaining(System.nanoTime());
        for (Expiry expiry : look.expiries()) {
            Duration until = Duration.between(look.now(), expiry.at().plus(grace));
            sleep = shorter(sleep, until.compareTo(forbidden) > 0 ? until : forbidden);
        }
        return sleep.isPositive() ? sleep.plusMillis(1) : Duration.ofMillis(1);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Duration uptime() throws SQLException {
        return connection.run(open -> {
            try (PreparedStatement select = open.prepareStatement(UPTIME)) {
                ResultSet row = select.executeQuery();
                row.next();
                return Duration.ofMillis((long) (row.getDouble(1) * 1000));
            }
        });
    }

    private Look look() throws SQLException {
        return connection.run(open -> {
            try (PreparedStatement select = open.prepareStatement(PULSE)) {
                SqlArrays.setInts(
                        select,
                        1,
                        sessions.servedQueues().stream()
                                .mapToInt(Integer::intValue)
                                .toArray());
                select.setInt(2, sessions.knownQueues());
                ResultSet rows = select.executeQuery();
                Instant now = Instant.EPOCH;
                Instant nextDue = null;
                List<Expiry> expiries = new ArrayList<>();
                List<QueueHeads.Waiting> waiting = new ArrayList<>();
                List<Queue> queues = new ArrayList<>();
                while (rows.next()) {
                    switch (rows.getInt(1)) {
                        case 0 -> now = instant(rows);
                        case 1 -> nextDue = instant(rows);
                        case 2 -> expiries.add(new Expiry(rows.getInt(3), instant(rows)));
                        case 3 -> waiting.add(new QueueHeads.Waiting(rows.getInt(3), rows.getInt(4), rows.getLong(5)));
                        case 4 -> queues.add(new Queue(rows.getInt(3), rows.getString(6), rows.getString(7)));
                        default -> throw new IllegalStateException("kind: " + rows.getInt(1) + " (expected: 0 to 4)");
                    }
                }
                return new Look(now, nextDue, expiries, waiting, queues);
            }
        });
    }

    private static Instant instant(ResultSet row) throws SQLException {
        return row.getObject(2, OffsetDateTime.class).toInstant();
    }

    private int retryDue() throws SQLException {
        return connection.run(open -> {
            try (PreparedStatement call = open.prepareStatement(RETRY)) {
                call.setInt(1, RETRIES_MAX);
                return follow(changes(call.executeQuery()));
            }
        });
    }

    private void expire(int sessionId) throws SQLException {
        LiveSession own = sessions.byId(sessionId);
        if (own != null) {
            own.silence(); // before its steps are offered again
        }
        int taken = 0;
        int calls = 0;
        int rows;
        do {
            calls++;
            rows = connection.run(open -> expire(open, sessionId));
            taken += Math.max(rows, 0);
        } while (rows != 0);
        if (own != null && calls == 1) {
            own.heard(); // nothing was taken: it had been renewed meanwhile
        }
        if (taken > 0) {
            log.info("session {} expired: {} steps and tasks changed", sessionId, taken);
        }
    }

    /** One call and the events of what it ended, in one transaction. */
    private int expire(Connection open, int sessionId) throws SQLException {
        open.setAutoCommit(false);
        try (PreparedStatement call = open.prepareStatement(EXPIRE)) {
            call.setInt(1, sessionId);
            call.setInt(2, (int) grace.toMillis());
            call.setString(3, LEASE_EXPIRED);
            call.setInt(4, LOG_ROWS_MAX);
            List<Change> changes = changes(call.executeQuery());
            List<StepKey> ended = changes.stream()
                    .filter(change -> change.task() != null && change.step() >= 0)
                    .map(change -> new StepKey(Objects.requireNonNull(change.task()), change.step()))
                    .toList();
            List<EventCandidate> kept = ended.isEmpty() ? List.of() : events.keep(open, ended);
            open.commit();
            events.committed(kept);
            return follow(changes);
        } catch (SQLException | RuntimeException e) {
            open.rollback();
            throw e;
        } finally {
            open.setAutoCommit(true);
        }
    }

    /** A row of an answer; without a task it is only the sign that a log was cut, with step -1 the task itself. */
    private record Change(
            @Nullable UUID task,
            int step,
            int state,
            @Nullable Integer queueId,
            int priority) {}

    private static List<Change> changes(ResultSet rows) throws SQLException {
        List<Change> changes = new ArrayList<>();
        while (rows.next()) {
            changes.add(new Change(
                    rows.getObject(1, UUID.class),
                    rows.getInt(2),
                    rows.getInt(3),
                    rows.getObject(4, Integer.class),
                    rows.getInt(5)));
        }
        return changes;
    }

    /** Tells what changed; returns how many rows there were, -1 when there was only the sign that the log was cut. */
    private int follow(List<Change> changes) {
        int count = 0;
        boolean cut = false;
        for (Change change : changes) {
            if (change.task() == null) {
                cut = true;
                continue;
            }
            count++;
            if (change.step() < 0) {
                aftermath.taskEntered(change.task(), TaskState.ofCode(change.state()));
            } else if (change.queueId() != null && change.state() == 1) {
                aftermath.enqueued(change.queueId(), change.priority());
            }
        }
        if (count > 0) {
            aftermath.slotsFreed();
        }
        return cut ? -1 : count;
    }
}
