package dev.tasker.engine.internal.recovery;

import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.domainevent.EndedEvents;
import dev.tasker.engine.internal.domainevent.EventCandidate;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.SessionRegistry;
import dev.tasker.engine.internal.sql.DedicatedConnection;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.sql.SqlFailure;
import dev.tasker.engine.internal.sql.Timeline;
import dev.tasker.engine.internal.step.EndedAttempts;
import dev.tasker.engine.internal.step.EngineResults;
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
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What wakes by time: one look at the database per pass tells what is due, which sessions expired and what waits, and when to look again.
 * Needs no hint; any node does it for all. Passes are made by one thread.
 */
public final class Recovery {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);
    /** Retries of one call: their tasks stay locked as long as it takes, and lanes may wait for one of them. */
    private static final int RETRIES_MAX = 250;

    /** Calls in a row before expiry has its turn again. */
    private static final int RETRY_CALLS_MAX = 8;

    private static final int LOG_ROWS_MAX = 20;

    private static final String PULSE =
            "SELECT kind, at, id, priority, sequence, namespace, callable FROM tasker.pulse(?, ?)";
    private static final String RETRY =
            "SELECT task_uuid, step_index, state, queue_id, priority FROM tasker.retry_due(?)";
    private static final String EXPIRE =
            "SELECT task_uuid, step_index, state, queue_id, priority, attempts, max_attempts, ending"
                    + " FROM tasker.expire_session(?, ?, ?, ?)";
    private static final String UPTIME =
            "SELECT extract(epoch FROM now() - pg_postmaster_start_time())::double precision";

    private static final String RUN_OUT = """
        SELECT session_id FROM tasker.worker_sessions
        WHERE  session_id = ANY (?) AND expires_at + ? * interval '1 ms' <= tasker.engine_now()
        """;

    private static final String END_PREDECESSORS = """
        UPDATE tasker.worker_sessions AS session SET expires_at = '-infinity'
        WHERE  session.in_process AND session.node_uuid <> ?
        AND    EXISTS (SELECT FROM tasker.session_leases AS log WHERE log.session_id = session.session_id)
        RETURNING session.session_id
        """;

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
    private final Timeline timeline;
    private final ConcurrentLinkedQueue<Integer> ended = new ConcurrentLinkedQueue<>();
    private final EndedAttempts endedAttempts = new EndedAttempts();
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
            @Nullable UUID soleNode,
            Timeline timeline) {
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
        this.timeline = timeline;
    }

    /** @param at null: the session was ended */
    private record Expiry(int sessionId, @Nullable Instant at) {
        private boolean ended() {
            return at == null;
        }

        private boolean due(Instant now, Duration grace) {
            return at == null || !at.plus(grace).isAfter(now);
        }
    }

    private record Look(
            Instant now,
            @Nullable String timeline,
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
        timeline.saw(look.timeline());
        heads.rescan(look.waiting());
        if (!look.allQueues().isEmpty()) {
            sessions.known(look.allQueues());
            return Duration.ofMillis(1); // look again: steps may wait there
        }
        silenceRunOut(look);
        silenceTakenBack(look);
        boolean due = look.nextDue() != null && !look.nextDue().isAfter(look.now());
        if (due) {
            int calls = 0;
            while (retryDue() == RETRIES_MAX && ++calls < RETRY_CALLS_MAX) {
                log.debug("more retries are due");
            }
        }
        boolean allowed = guard.allows(System.nanoTime());
        List<Expiry> expired = look.expiries().stream()
                .filter(expiry -> expiry.ended() || (allowed && expiry.due(look.now(), grace)))
                .toList();
        if (!expired.isEmpty()) {
            beforeExpiry.run();
            for (Expiry expiry : expired) {
                expire(expiry.sessionId());
            }
        }
        if (!look.waiting().isEmpty()) {
            aftermath.slotsFreed();
        }
        return due || !expired.isEmpty() ? Duration.ofMillis(1) : sleep(look);
    }

    /**
     * Sessions of this node whose leases have run out are given nothing more, while the grace lasts neither: their worker may be dead,
     * and would cost each step an attempt. One that was renewed by a call of its own is served again.
     */
    private void silenceRunOut(Look look) {
        for (Expiry expiry : look.expiries()) {
            LiveSession own = sessions.byId(expiry.sessionId());
            if (own == null) {
                continue;
            }
            if (expiry.due(look.now(), Duration.ZERO)) {
                own.silence();
            } else if (own.isSilent()) {
                own.heard();
            }
        }
    }

    /**
     * Sessions of this node that hold leases, of which the database knows none: when they ran out, another node took them back, and they
     * are given nothing before they are renewed.
     */
    private void silenceTakenBack(Look look) throws SQLException {
        Set<Integer> logged = look.expiries().stream().map(Expiry::sessionId).collect(Collectors.toSet());
        List<Integer> unlogged = sessions.all().stream()
                .filter(session -> !session.isSilent() && !session.holdsNothing() && !logged.contains(session.id()))
                .map(LiveSession::id)
                .toList();
        if (unlogged.isEmpty()) {
            return;
        }
        for (int sessionId : runOut(unlogged)) {
            LiveSession own = sessions.byId(sessionId);
            if (own != null) {
                own.silence();
            }
        }
    }

    /** Those of the sessions whose leases have run out. */
    private List<Integer> runOut(List<Integer> sessionIds) throws SQLException {
        return connection.run(open -> {
            try (PreparedStatement select = open.prepareStatement(RUN_OUT)) {
                SqlArrays.setInts(
                        select,
                        1,
                        sessionIds.stream().mapToInt(Integer::intValue).toArray());
                select.setLong(2, grace.toMillis());
                ResultSet rows = select.executeQuery();
                List<Integer> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(rows.getInt(1));
                }
                return found;
            }
        });
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
            if (expiry.at() != null) {
                Duration until = Duration.between(look.now(), expiry.at().plus(grace));
                sleep = shorter(sleep, until.compareTo(forbidden) > 0 ? until : forbidden);
                LiveSession own = sessions.byId(expiry.sessionId());
                if (own != null && !own.isSilent()) {
                    sleep = shorter(sleep, Duration.between(look.now(), expiry.at()));
                }
            }
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
                String onTimeline = null;
                Instant nextDue = null;
                List<Expiry> expiries = new ArrayList<>();
                List<QueueHeads.Waiting> waiting = new ArrayList<>();
                List<Queue> queues = new ArrayList<>();
                while (rows.next()) {
                    switch (rows.getInt(1)) {
                        case 0 -> {
                            now = instant(rows);
                            onTimeline = rows.getString(6);
                        }
                        case 1 -> nextDue = instant(rows);
                        case 2 -> expiries.add(new Expiry(rows.getInt(3), instantOrNull(rows)));
                        case 3 -> waiting.add(new QueueHeads.Waiting(rows.getInt(3), rows.getInt(4), rows.getLong(5)));
                        case 4 -> queues.add(new Queue(rows.getInt(3), rows.getString(6), rows.getString(7)));
                        default -> throw new IllegalStateException("kind: " + rows.getInt(1) + " (expected: 0 to 4)");
                    }
                }
                return new Look(now, onTimeline, nextDue, expiries, waiting, queues);
            }
        });
    }

    private static Instant instant(ResultSet row) throws SQLException {
        return Objects.requireNonNull(instantOrNull(row), "at");
    }

    private static @Nullable Instant instantOrNull(ResultSet row) throws SQLException {
        OffsetDateTime at = row.getObject(2, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    /** Enqueues what is due and returns how many timers that were. */
    private int retryDue() throws SQLException {
        return connection.run(open -> {
            try (PreparedStatement call = open.prepareStatement(RETRY)) {
                call.setInt(1, RETRIES_MAX);
                List<Change> changes = changes(call.executeQuery());
                follow(changes);
                return changes.stream()
                        .filter(change -> change.task() == null)
                        .mapToInt(Change::step)
                        .sum();
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
        if (own != null && calls == 1 && runOut(List.of(sessionId)).isEmpty()) {
            own.heard(); // nothing was taken, by another node neither: it had been renewed meanwhile
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
            SqlArrays.setTexts(call, 3, EngineResults.OF_EXPIRY);
            call.setInt(4, LOG_ROWS_MAX);
            List<Change> changes = expiries(call.executeQuery());
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

    /**
     * A row of an answer. With step -1 the task itself; without a task it says how many timers were due, or that a log was cut.
     *
     * @param ended how the engine ended an attempt, null: it did not
     */
    private record Change(
            @Nullable UUID task,
            int step,
            int state,
            @Nullable Integer queueId,
            int priority,
            @Nullable Ended ended) {}

    private record Ended(int attempts, int attemptsMax, int ending) {}

    private static List<Change> changes(ResultSet rows) throws SQLException {
        List<Change> changes = new ArrayList<>();
        while (rows.next()) {
            changes.add(change(rows, null));
        }
        return changes;
    }

    private static List<Change> expiries(ResultSet rows) throws SQLException {
        List<Change> changes = new ArrayList<>();
        while (rows.next()) {
            boolean isStep = rows.getInt(2) >= 0;
            changes.add(change(rows, isStep ? new Ended(rows.getInt(6), rows.getInt(7), rows.getInt(8)) : null));
        }
        return changes;
    }

    private static Change change(ResultSet row, @Nullable Ended ended) throws SQLException {
        return new Change(
                row.getObject(1, UUID.class),
                row.getInt(2),
                row.getInt(3),
                row.getObject(4, Integer.class),
                row.getInt(5),
                ended);
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
            Ended ended = change.ended();
            if (ended != null) {
                aftermath.errorHandled(endedAttempts.judge(
                        EngineResults.expiry(ended.ending()),
                        new StepKey(change.task(), change.step()),
                        StepState.ofCode(change.state()),
                        ended.attempts(),
                        ended.attemptsMax(),
                        null));
            }
        }
        if (count > 0) {
            aftermath.slotsFreed();
        }
        return cut && count == 0 ? -1 : count;
    }
}
