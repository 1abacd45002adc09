package dev.tasker.testkit.interleaving;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** One of two writers: a connection, and the thread that waits for its answers. */
final class Writer implements AutoCloseable {
    private final Connection connection;
    private final int process;
    private final long gateKey;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    Writer(DataSource source, long gateKey) throws SQLException {
        this.connection = source.getConnection();
        this.process = connection.unwrap(PGConnection.class).getBackendPID();
        this.gateKey = gateKey;
        run("SET synchronous_commit = off; SET gate.key = '" + gateKey + "'");
    }

    int process() {
        return process;
    }

    long gateKey() {
        return gateKey;
    }

    /** Stops at this gate from now on, when the test holds it; at none for null. */
    void stopAt(@Nullable String point) throws SQLException {
        run("SET gate.point = '" + (point == null ? "" : point) + "'");
    }

    void begin() throws SQLException {
        connection.setAutoCommit(false);
    }

    void commit() throws SQLException {
        connection.commit();
        connection.setAutoCommit(true);
    }

    void rollback() throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
    }

    /** The operation's answers, in no particular order; an error is an answer, too. */
    List<String> perform(Operation operation) {
        List<String> answers = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            for (String query : operation.queries()) {
                ResultSet rows = statement.executeQuery(query);
                int columns = rows.getMetaData().getColumnCount();
                while (rows.next()) {
                    List<String> row = new ArrayList<>();
                    for (int column = 1; column <= columns; column++) {
                        row.add(String.valueOf(rows.getString(column)));
                    }
                    answers.add(String.join(" ", row));
                }
            }
        } catch (SQLException e) {
            answers.add(e.getSQLState() + " " + e.getMessage());
        }
        answers.sort(null);
        return answers;
    }

    CompletableFuture<List<String>> start(Operation operation) {
        return CompletableFuture.supplyAsync(() -> perform(operation), thread);
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        thread.shutdownNow();
        connection.close();
    }
}
