package dev.tasker.engine.internal.sql;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The engine's access to PostgreSQL. Thread-safe. READ COMMITTED throughout; every statement names its schema or runs a function. */
public final class Database {
    private static final int ATTEMPTS_MAX = 5;

    private final DataSource dataSource;

    public Database(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Work on a connection. */
    @FunctionalInterface
    public interface Work<T extends @org.jspecify.annotations.Nullable Object> {
        T run(Connection connection) throws SQLException;
    }

    /** Opens a connection in autocommit; the caller closes it. */
    public Connection open() throws SQLException {
        return dataSource.getConnection();
    }

    /** Runs reads, or a single writing call, in autocommit; repeats them when the database asks for it. */
    public <T extends @org.jspecify.annotations.Nullable Object> T call(Work<T> work) {
        return repeated(() -> {
            try (Connection connection = open()) {
                return work.run(connection);
            }
        });
    }

    /** Runs {@code work} in one transaction. No network and no user code belongs inside. */
    public <T extends @org.jspecify.annotations.Nullable Object> T transaction(Work<T> work) {
        return repeated(() -> {
            try (Connection connection = open()) {
                connection.setAutoCommit(false);
                try {
                    T result = work.run(connection);
                    connection.commit();
                    return result;
                } catch (SQLException | RuntimeException e) {
                    connection.rollback();
                    throw e;
                } finally {
                    connection.setAutoCommit(true);
                }
            }
        });
    }

    /**
     * Runs reads that see one snapshot. The level is the transaction's, never the session's: behind a proxy that pools transactions the
     * session belongs to the next caller, too.
     */
    public <T extends @org.jspecify.annotations.Nullable Object> T snapshot(Work<T> work) {
        return transaction(connection -> {
            try (Statement level = connection.createStatement()) {
                level.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            }
            return work.run(connection);
        });
    }

    @FunctionalInterface
    private interface Attempt<T extends @org.jspecify.annotations.Nullable Object> {
        T run() throws SQLException;
    }

    private static <T extends @org.jspecify.annotations.Nullable Object> T repeated(Attempt<T> attempt) {
        for (int made = 1; ; made++) {
            try {
                return attempt.run();
            } catch (SQLException e) {
                if (SqlFailure.of(e) != SqlFailure.REPEAT || made >= ATTEMPTS_MAX) {
                    throw translated(e);
                }
            }
        }
    }

    /** {@code failure} as the engine reports it. */
    public static EngineException translated(SQLException failure) {
        return switch (SqlFailure.of(failure)) {
            case CONNECTION, REPEAT ->
                new EngineException(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "database: " + failure.getMessage() + " (expected: an answer)",
                        failure);
            case VALUE ->
                new EngineException(
                        ErrorCode.INVALID_REQUEST,
                        "value: " + failure.getMessage() + " (expected: one that can be stored)",
                        failure);
            case POISON ->
                new EngineException(ErrorCode.INTERNAL, "statement failed: " + failure.getMessage(), failure);
        };
    }
}
