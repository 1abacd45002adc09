package dev.tasker.engine.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that one thread keeps: opened on first use, thrown away when it fails. Only {@link #abort()} may be
 * called from other threads.
 */
public final class DedicatedConnection implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DedicatedConnection.class);

    private final Database database;
    private final String name;
    private volatile @Nullable Connection connection;

    /** A connection called {@code name} in messages. */
    public DedicatedConnection(Database database, String name) {
        this.database = database;
        this.name = name;
    }

    /** Runs {@code work}; when the connection turns out to be unusable it is replaced on the next call. */
    public <T extends @Nullable Object> T run(Database.Work<T> work) throws SQLException {
        Connection current = connection;
        if (current == null) {
            current = database.open();
            connection = current;
        }
        try {
            return work.run(current);
        } catch (SQLException e) {
            if (SqlFailure.of(e) == SqlFailure.CONNECTION) {
                log.debug("connection {} failed: {}", name, e.getMessage());
                close();
            }
            throw e;
        }
    }

    /** Cuts the connection under a statement that another thread is waiting for, which then fails. */
    public void abort() {
        Connection current = connection;
        if (current != null) {
            try {
                current.abort(Runnable::run);
            } catch (SQLException e) {
                log.debug("connection {} did not abort: {}", name, e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        Connection current = connection;
        connection = null;
        if (current != null) {
            try {
                current.close();
            } catch (SQLException e) {
                log.debug("connection {} did not close: {}", name, e.getMessage());
            }
        }
    }
}
