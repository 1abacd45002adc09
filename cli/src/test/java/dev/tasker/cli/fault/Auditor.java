package dev.tasker.cli.fault;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Looks into the database behind the server's back. */
final class Auditor {
    private static final String AUDIT =
            "SELECT concat_ws(' ', code, task_uuid, step_index, expected, found) FROM tasker.audit_tasks("
                    + "'00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')";

    private final String jdbcUrl;

    Auditor(String jdbcUrl) {
        this.jdbcUrl = jdbcUrl;
    }

    /** What does not agree when everything is recounted; empty is healthy. */
    List<String> findings() throws SQLException {
        return column(AUDIT);
    }

    /** The first column of all rows. */
    List<String> column(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }
}
