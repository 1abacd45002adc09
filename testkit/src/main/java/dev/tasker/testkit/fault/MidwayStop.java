package dev.tasker.testkit.fault;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Stops one statement in its middle: holds the table of steps until the statement waits for it, with whatever it has locked and written by
 * then, and cancels it or ends its server process there. A statement that ends without coming to that table is left alone.
 */
final class MidwayStop implements AutoCloseable {
    private static final String WAITS =
            "SELECT cardinality(pg_blocking_pids(?)) > 0 AND ? IN (SELECT pid FROM pg_stat_activity WHERE state ="
                    + " 'active')";
    private static final long LOOK_NANOS = 500_000;

    private final Connection blockade;
    private final int process;
    private final String stop;
    private final Thread watcher;
    private volatile boolean over;

    private MidwayStop(Connection blockade, int process, boolean cancel) {
        this.blockade = blockade;
        this.process = process;
        this.stop = cancel ? "SELECT pg_cancel_backend(?)" : "SELECT pg_terminate_backend(?, 5000)";
        this.watcher = Thread.ofVirtual().unstarted(this::watch);
    }

    /** Lies in wait for the statement that the server process {@code process} is about to be sent. */
    static MidwayStop of(DataSource source, int process, boolean cancel) throws SQLException {
        Connection blockade = source.getConnection();
        blockade.setAutoCommit(false);
        try (Statement lock = blockade.createStatement()) {
            lock.execute("SET LOCAL lock_timeout = '500ms'");
            lock.execute("LOCK TABLE tasker.workflow_steps IN ACCESS EXCLUSIVE MODE");
        } catch (SQLException e) {
            blockade.rollback(); // the table is in use, by the statement's own transaction perhaps
        }
        MidwayStop midway = new MidwayStop(blockade, process, cancel);
        midway.watcher.start();
        return midway;
    }

    private void watch() {
        try (blockade;
                PreparedStatement waits = blockade.prepareStatement(WAITS);
                PreparedStatement end = blockade.prepareStatement(stop)) {
            waits.setInt(1, process);
            waits.setInt(2, process);
            while (!over) {
                ResultSet row = waits.executeQuery();
                if (row.next() && row.getBoolean(1)) {
                    end.setInt(1, process);
                    end.executeQuery();
                    break;
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
            blockade.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException("a statement could not be stopped", e);
        }
    }

    @Override
    public void close() {
        over = true;
        try {
            watcher.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
