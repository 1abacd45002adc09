package dev.tasker.engine.internal.session;

import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.internal.sql.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.UUID;

/** Enters sessions in the database and ends them there. Thread-safe. */
public final class SessionOpener {
    private static final String OPEN = """
        INSERT INTO tasker.worker_sessions (session_uuid, node_uuid, worker_name, in_process, lease_duration, created_at,
                                            expires_at)
        SELECT ?, ?, ?, ?, lease, tasker.engine_now(), tasker.engine_now() + lease
        FROM   (SELECT ? * interval '1 ms' AS lease) AS timing
        RETURNING session_id
        """;

    private static final String REENTER = "SELECT tasker.reenter_session(?, ?, ?, ?, ?, ? * interval '1 ms')";

    /** For good: what renews sessions leaves out those that expire at -infinity. */
    private static final String END = "UPDATE tasker.worker_sessions SET expires_at = '-infinity' WHERE session_id = ?";

    private final Database database;
    private final UUID nodeUuid;
    private final LeaseConfig leases;

    public SessionOpener(Database database, UUID nodeUuid, LeaseConfig leases) {
        this.database = database;
        this.nodeUuid = nodeUuid;
        this.leases = leases;
    }

    public LiveSession open(SessionRequest request, AssignmentListener listener) {
        UUID uuid = UUID.randomUUID();
        int id = database.call(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(OPEN)) {
                insert.setObject(1, uuid);
                insert.setObject(2, nodeUuid);
                insert.setString(3, request.workerName());
                insert.setBoolean(4, request.selfRenewing());
                insert.setLong(5, leases.duration().toMillis());
                ResultSet row = insert.executeQuery();
                row.next();
                return row.getInt(1);
            }
        });
        return new LiveSession(id, uuid, request, listener, System.nanoTime());
    }

    /**
     * Enters a session again, should the database not know it any more.
     *
     * @throws IllegalStateException when its number is another session's now
     */
    public void reenter(LiveSession session) {
        boolean known = database.call(connection -> {
            try (PreparedStatement call = connection.prepareStatement(REENTER)) {
                call.setInt(1, session.id());
                call.setObject(2, session.uuid());
                call.setObject(3, nodeUuid);
                call.setString(4, session.request().workerName());
                call.setBoolean(5, session.request().selfRenewing());
                call.setLong(6, leases.duration().toMillis());
                ResultSet row = call.executeQuery();
                row.next();
                return row.getBoolean(1);
            }
        });
        if (!known) {
            throw new IllegalStateException("session " + session.id() + ": its number is another session's (expected: "
                    + session.uuid() + "); start this node anew");
        }
    }

    public void drain(LiveSession session) {
        session.drain();
    }

    /** Ends a session; true when it held leases, which are due to be taken back now. */
    public boolean close(LiveSession session) {
        session.close();
        if (!session.needsHeartbeat()) {
            return false;
        }
        database.call(connection -> {
            try (PreparedStatement update = connection.prepareStatement(END)) {
                update.setInt(1, session.id());
                return update.executeUpdate();
            }
        });
        return true;
    }
}
