package dev.tasker.benchmarks;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.template.TaskTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/**
 * How fast PostgreSQL alone moves the scenario: the engine's own create and complete calls (task lock, fill factors and forced plans
 * included), driven from two connections by a procedure that knows the answers beforehand.
 */
final class Ceiling {
    private static final int CONNECTIONS = 2;
    private static final int BATCH_STEPS = 800;

    private Ceiling() {}

    /** Steps per second over so many seconds, after one of warm-up. */
    static double measure(DataSource dataSource, TaskTemplate template, int ceilingSeconds) throws Exception {
        try (Engine engine = Engine.open(dataSource, EngineConfig.DEFAULT)) {
            engine.register(template);
        }
        run(dataSource, script());
        int tasks = Math.max(1, BATCH_STEPS / template.steps().size());
        drive(dataSource, tasks, 1);
        long before = steps(dataSource);
        long start = System.nanoTime();
        drive(dataSource, tasks, ceilingSeconds);
        double seconds = (System.nanoTime() - start) / 1e9;
        return (steps(dataSource) - before) / seconds;
    }

    private static String script() throws IOException {
        try (InputStream script = Ceiling.class.getResourceAsStream("ceiling.sql")) {
            if (script == null) {
                throw new IllegalStateException("ceiling.sql is not on the class path");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void drive(DataSource dataSource, int tasks, int seconds) throws Exception {
        try (ExecutorService connections = Executors.newFixedThreadPool(CONNECTIONS)) {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                runs.add(connections.submit(() -> {
                    run(dataSource, "CALL tasker.ceiling(" + tasks + ", " + seconds + ")");
                    return null;
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        }
    }

    private static void run(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long steps(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            ResultSet row =
                    statement.executeQuery("SELECT coalesce(sum(satisfied_steps), 0) FROM tasker.tasks WHERE state ="
                            + " tasker.task_state('complete')");
            row.next();
            return row.getLong(1);
        }
    }
}
