package dev.tasker.engine.internal.session;

import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.DedicatedConnection;
import dev.tasker.engine.internal.sql.SqlArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps in the database what this node's sessions take, for whoever asks any node why a step waits; no claim depends on it. A node that
 * died stops counting when its time is over: it renews one row every three pulses, as long as it has sessions, and promises three times
 * that. Passes are made by one thread.
 */
public final class NodePresence {
    private static final Logger log = LoggerFactory.getLogger(NodePresence.class);
    private static final Duration PROMISE_MIN = Duration.ofMinutes(1);

    private static final String ENTER = """
        WITH node AS (
          INSERT INTO tasker.nodes (node_uuid, expires_at) VALUES (?, tasker.engine_now() + ? * interval '1 ms')
          ON CONFLICT (node_uuid) DO UPDATE SET expires_at = excluded.expires_at)
        INSERT INTO tasker.session_handlers (session_id, namespace, callable, node_uuid)
        SELECT ?, handler.namespace, handler.callable, ?
        FROM   unnest(?, ?) AS handler(namespace, callable)
        ON CONFLICT DO NOTHING
        """;

    private static final String LEAVE = "DELETE FROM tasker.session_handlers WHERE session_id = ANY (?)";

    /** Renews this node, and forgets nodes that have been silent for a day. */
    private static final String RENEW = """
        WITH gone AS (
          DELETE FROM tasker.nodes WHERE node_uuid <> ? AND expires_at < tasker.engine_now() - interval '1 day' RETURNING node_uuid),
        handler AS (
          DELETE FROM tasker.session_handlers WHERE node_uuid IN (SELECT node_uuid FROM gone))
        UPDATE tasker.nodes SET expires_at = tasker.engine_now() + ? * interval '1 ms' WHERE node_uuid = ?
        """;

    private static final String END = """
        WITH handler AS (DELETE FROM tasker.session_handlers WHERE node_uuid = ?)
        DELETE FROM tasker.nodes WHERE node_uuid = ?
        """;

    private final Database pool;
    private final DedicatedConnection connection;
    private final UUID nodeUuid;
    private final SessionRegistry sessions;
    private final Duration interval;
    private final long promiseMs;
    private final Set<Integer> leaving = ConcurrentHashMap.newKeySet();
    private volatile boolean present;
    private long nextNanos;

    public NodePresence(
            Database pool, DedicatedConnection connection, UUID nodeUuid, SessionRegistry sessions, Duration pulse) {
        this.pool = pool;
        this.connection = connection;
        this.nodeUuid = nodeUuid;
        this.sessions = sessions;
        this.interval = pulse.multipliedBy(3);
        Duration promise = interval.multipliedBy(3);
        this.promiseMs = (promise.compareTo(PROMISE_MIN) < 0 ? PROMISE_MIN : promise).toMillis();
        this.nextNanos = System.nanoTime() + interval.toNanos();
    }

    /** Enters what a new session takes. */
    public void enter(LiveSession session) {
        present = true;
        pool.call(open -> {
            enter(open, session);
            return true;
        });
    }

    /** The session takes nothing any more; written by the next pass. */
    public void leave(LiveSession session) {
        leaving.add(session.id());
    }

    /** Writes what is due; returns when something is due again. */
    public Duration runOnce() throws SQLException {
        List<Integer> left = List.copyOf(leaving);
        if (!left.isEmpty()) {
            connection.run(open -> leave(open, left));
            left.forEach(leaving::remove);
        }
        long now = System.nanoTime();
        if (now - nextNanos >= 0) {
            if (!sessions.all().isEmpty()) {
                renew();
            }
            nextNanos = now + interval.toNanos();
        }
        return Duration.ofNanos(Math.max(1, nextNanos - System.nanoTime()));
    }

    /** The node stops: its sessions count no longer. Should the database not hear it, they do until the promise is over. */
    public void end() {
        if (!present) {
            return;
        }
        try {
            connection.run(open -> {
                try (PreparedStatement delete = open.prepareStatement(END)) {
                    delete.setObject(1, nodeUuid);
                    delete.setObject(2, nodeUuid);
                    return delete.executeUpdate();
                }
            });
        } catch (SQLException e) {
            log.debug("node {} did not leave: {}", nodeUuid, e.getMessage());
        }
    }

    private void renew() throws SQLException {
        int renewed = connection.run(open -> {
            try (PreparedStatement update = open.prepareStatement(RENEW)) {
                update.setObject(1, nodeUuid);
                update.setLong(2, promiseMs);
                update.setObject(3, nodeUuid);
                return update.executeUpdate();
            }
        });
        if (renewed == 0) { // taken for dead, after a day without a database
            for (LiveSession session : sessions.all()) {
                connection.run(open -> enter(open, session));
            }
        }
    }

    private int enter(Connection open, LiveSession session) throws SQLException {
        try (PreparedStatement insert = open.prepareStatement(ENTER)) {
            insert.setObject(1, nodeUuid);
            insert.setLong(2, promiseMs);
            insert.setInt(3, session.id());
            insert.setObject(4, nodeUuid);
            insert.setArray(5, open.createArrayOf("text", column(session.request(), HandlerKey::namespace)));
            insert.setArray(6, open.createArrayOf("text", column(session.request(), HandlerKey::callable)));
            return insert.executeUpdate();
        }
    }

    private static Object[] column(SessionRequest request, Function<HandlerKey, String> column) {
        return request.handlers().stream().map(column).toArray();
    }

    private static int leave(Connection open, List<Integer> left) throws SQLException {
        try (PreparedStatement delete = open.prepareStatement(LEAVE)) {
            SqlArrays.setInts(
                    delete, 1, left.stream().mapToInt(Integer::intValue).toArray());
            return delete.executeUpdate();
        }
    }
}
