package dev.tasker.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Reads what a database has committed and logged so far. */
final class DatabaseFigures implements AutoCloseable {
    private static final String QUERY = """
        SELECT pg_stat_get_db_xact_commit(oid), pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint
        FROM   pg_database WHERE datname = current_database()
        """;

    private final Connection connection;

    DatabaseFigures(DataSource dataSource) throws SQLException {
        this.connection = dataSource.getConnection();
    }

    record Reading(long commits, long walBytes) {}

    Reading read() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_stat_force_next_flush()");
            ResultSet row = statement.executeQuery(QUERY);
            row.next();
            return new Reading(row.getLong(1), row.getLong(2));
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
