package dev.tasker.engine.internal.template;

import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.step.Queue;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.TemplatePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The interned queues: a namespace and a callable have one small id for ever. */
final class QueueTable {
    private static final String QUEUES = """
        INSERT INTO tasker.queues (namespace, callable)
        SELECT ?, callable FROM unnest(?) AS callable
        ON CONFLICT (namespace, callable) DO NOTHING
        """;

    private static final String QUEUE_IDS =
            "SELECT queue_id, namespace, callable FROM tasker.queues WHERE namespace = ? AND callable = ANY (?)";

    private static final String ALL_QUEUES = "SELECT queue_id, namespace, callable FROM tasker.queues";

    private QueueTable() {}

    static List<Queue> all(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ALL_QUEUES)) {
            return queues(statement.executeQuery());
        }
    }

    /** The ids of these callables, which are new ones where need be. */
    static List<Queue> intern(Connection connection, String namespace, List<String> callables) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(QUEUES);
                PreparedStatement select = connection.prepareStatement(QUEUE_IDS)) {
            insert.setString(1, namespace);
            SqlArrays.setTexts(insert, 2, callables);
            insert.executeUpdate();
            select.setString(1, namespace);
            SqlArrays.setTexts(select, 2, callables);
            return queues(select.executeQuery());
        }
    }

    /** The ids of all queues of a template, by callable. */
    static Map<String, Integer> idsOf(Connection connection, TemplatePlan plan) throws SQLException {
        List<String> callables = plan.steps().stream()
                .map(PlannedStep::callable)
                .distinct()
                .sorted()
                .toList();
        Map<String, Integer> ids = new HashMap<>();
        for (Queue queue : intern(connection, plan.template().namespace(), callables)) {
            ids.put(queue.callable(), queue.id());
        }
        return ids;
    }

    private static List<Queue> queues(ResultSet rows) throws SQLException {
        List<Queue> queues = new ArrayList<>();
        while (rows.next()) {
            queues.add(new Queue(rows.getInt(1), rows.getString(2), rows.getString(3)));
        }
        return queues;
    }
}
