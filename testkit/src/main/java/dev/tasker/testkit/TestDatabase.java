package dev.tasker.testkit;

import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A migrated database of its own, with a clock that tests shift. Thread-safe. */
public final class TestDatabase {
    private static final String AUDIT = """
        SELECT code, task_uuid::text, NULL::integer AS step_index, expected, found FROM tasker.audit_identities('', 1000000) WHERE code IS NOT NULL
        UNION ALL
        SELECT code, task_uuid::text, step_index, expected, found
        FROM   tasker.audit_tasks('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        UNION ALL
        SELECT code, task_uuid::text, step_index, expected, found
        FROM   tasker.audit_timers('-infinity', '00000000-0000-0000-0000-000000000000', -1, 1000000) WHERE code IS NOT NULL
        UNION ALL
        SELECT code, 'session ' || session_id, NULL, expected, found
        FROM   tasker.audit_sessions(0, 1000000) WHERE code IS NOT NULL
        UNION ALL
        SELECT code, 'template ' || template_id, template_step, state || ' ' || expected, state || ' ' || found
        FROM   tasker.audit_totals()
        """;

    private final EmbeddedPostgres server;
    private final String name;
    private final DataSource dataSource;
    private Duration shift = Duration.ZERO;

    TestDatabase(EmbeddedPostgres server, String name) {
        this.server = server;
        this.name = name;
        this.dataSource = server.dataSource(name);
    }

    /** A new database on a server that the test has to itself. */
    public static TestDatabase create(EmbeddedPostgres server, String name) {
        server.createDatabase(name);
        new Migrations(server.dataSource(name)).migrate();
        return new TestDatabase(server, name);
    }

    /** A finding of the auditor; there should be none. */
    public record Finding(String code, String task, int stepIndex, String expected, String found) {}

    public DataSource dataSource() {
        return dataSource;
    }

    /** The server the database is on; shared with other test classes of this JVM. */
    public EmbeddedPostgres server() {
        return server;
    }

    public String name() {
        return name;
    }

    /** Moves the database's time forward, for every connection at once. */
    public synchronized void advance(Duration by) {
        shift = shift.plus(by);
        execute("CREATE OR REPLACE FUNCTION tasker.engine_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE"
                + " RETURN now() + interval '" + shift.toMillis() + " milliseconds'");
    }

    /** Runs one statement. */
    public void execute(String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The rows of a query, columns as text joined by a blank. */
    public List<String> query(String sql, Object... parameters) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            ResultSet rows = statement.executeQuery();
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                List<String> columns = new ArrayList<>();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    columns.add(String.valueOf(rows.getString(column)));
                }
                lines.add(String.join(" ", columns));
            }
            return lines;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Recounts the whole database; what does not agree. */
    public List<Finding> audit() {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            ResultSet rows = statement.executeQuery(AUDIT);
            List<Finding> findings = new ArrayList<>();
            while (rows.next()) {
                findings.add(new Finding(
                        rows.getString(1), rows.getString(2), rows.getInt(3), rows.getString(4), rows.getString(5)));
            }
            return findings;
        } catch (SQLException e) {
            throw new IllegalStateException("the auditor failed", e);
        }
    }
}
