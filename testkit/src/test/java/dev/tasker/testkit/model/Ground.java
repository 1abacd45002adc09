package dev.tasker.testkit.model;

import dev.tasker.engine.BackoffConfig;
import dev.tasker.engine.DispatchConfig;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import dev.tasker.testkit.fault.Fault;
import dev.tasker.testkit.fault.FaultyDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A database and two nodes for one program after another, whose tasks stay behind. Nodes keep their connections, and with them the plans of
 * their statements; the clock is a row, so that moving it makes no plan worthless.
 */
final class Ground implements AutoCloseable {
    static final int NODES = 2;

    /** Programs after which the tables are emptied: a great many tasks would only slow down the auditor. */
    private static final int PROGRAMS_MAX = 100;

    private static final EngineConfig CONFIG = TestNode.CONFIG
            .withDispatch(new DispatchConfig(true, Duration.ofMillis(10), 64, 1 << 20))
            .withLeases(new LeaseConfig(Duration.ofMillis(100), Duration.ofMillis(33), Duration.ZERO, Duration.ZERO))
            .withBackoff(new BackoffConfig(
                    Duration.ofSeconds(TaskModel.CONFIG_BASE_SECONDS),
                    2,
                    Duration.ofSeconds(TaskModel.CONFIG_MAX_SECONDS),
                    0));

    private static final String CLOCK = """
        CREATE TABLE IF NOT EXISTS public.model_clock AS SELECT interval '0' AS shift;
        CREATE OR REPLACE FUNCTION tasker.engine_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
        RETURN now() + (SELECT shift FROM public.model_clock)
        """;

    private static final String EMPTY = """
        TRUNCATE tasker.tasks, tasker.task_identities, tasker.task_requests, tasker.workflow_steps, tasker.ready_steps, tasker.timers, tasker.session_leases,
                 tasker.step_history, tasker.task_history, tasker.batches, tasker.domain_events, tasker.worker_sessions;
        DELETE FROM tasker.rollup_feed;
        DELETE FROM tasker.rollup_totals
        """;

    private static final String AUDIT = "SELECT code, task_uuid, step_index, expected, found FROM"
            + " tasker.audit_tasks(?, 'ffffffff-ffff-ffff-ffff-ffffffffffff')";

    private final TestDatabase database;
    private final KeptConnections connections;
    private final List<Place> places = new ArrayList<>();
    private final String namespace = "model" + UUID.randomUUID().toString().substring(0, 8);
    private int programs;

    /** Where a node runs. */
    static final class Place {
        final FaultyDataSource direct;
        TestNode node;
        private final List<Fault> strikes = new ArrayList<>();

        private Place(FaultyDataSource direct, TestNode node) {
            this.direct = direct;
            this.node = node;
        }

        /** The next statement with {@code fragment} is struck. */
        void strike(String fragment, Fault.Kind how) {
            strikes.add(direct.on(fragment, how));
        }

        /** How many statements were struck. */
        long struck() {
            return strikes.stream().filter(Fault::hasStruck).count();
        }

        /** What has not been struck by now is left alone. */
        void withdrawStrikes() {
            direct.withdraw();
            strikes.clear();
        }
    }

    Ground(TestDatabase database) {
        this.database = database;
        this.connections = new KeptConnections(database.dataSource());
        database.execute(CLOCK);
    }

    /** A number for the next program, to tell its templates by. */
    int nextProgram() {
        programs++;
        if (programs % PROGRAMS_MAX == 0) {
            clear();
        }
        while (places.size() < NODES) {
            FaultyDataSource direct = new FaultyDataSource(database.dataSource());
            places.add(new Place(direct, open(direct)));
        }
        return programs;
    }

    Place place(int number) {
        return places.get(number % NODES);
    }

    /** Ends the node there and begins another. */
    void restart(Place place) {
        place.node.close();
        place.node = open(place.direct);
    }

    private TestNode open(FaultyDataSource direct) {
        return TestNode.open(database, CONFIG, namespace, connections, direct, EngineListener.NONE);
    }

    void advance(long seconds) {
        query("UPDATE public.model_clock SET shift = shift + ? * interval '1 s' RETURNING 1", seconds);
    }

    Connection connection() throws SQLException {
        return connections.getConnection();
    }

    /** The rows of a query, columns as text joined by a blank. */
    List<String> query(String sql, Object... parameters) {
        try (Connection connection = connections.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            ResultSet rows = statement.executeQuery();
            int columns = rows.getMetaData().getColumnCount();
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                StringBuilder line = new StringBuilder(String.valueOf(rows.getString(1)));
                for (int column = 2; column <= columns; column++) {
                    line.append(' ').append(rows.getString(column));
                }
                lines.add(line.toString());
            }
            return lines;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** What the auditor finds about tasks from {@code first} on. */
    List<String> audit(UUID first) {
        return query(AUDIT, first);
    }

    /** Replaces functions by {@code sql}. */
    void define(String sql) {
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = tasker; " + sql + "; RESET search_path");
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Ends the nodes and forgets all tasks. */
    void clear() {
        places.forEach(place -> {
            place.withdrawStrikes();
            place.node.close();
        });
        places.clear();
        query("WITH gone AS (DELETE FROM tasker.nodes RETURNING 1) SELECT count(*) FROM gone");
        define(EMPTY);
    }

    @Override
    public void close() throws SQLException {
        places.forEach(place -> place.node.close());
        connections.close();
    }
}
