package dev.tasker.engine.internal.analytics;

import dev.tasker.engine.AnalyticsFilter;
import dev.tasker.engine.PerformanceMetrics;
import dev.tasker.engine.SlowStep;
import dev.tasker.engine.SlowTask;
import dev.tasker.engine.StepPerformance;
import dev.tasker.engine.StepState;
import dev.tasker.engine.SystemHealth;
import dev.tasker.engine.TaskPerformance;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.sql.Database;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Reads totals and roll-ups. Figures of a period cost one fold and one statement. Thread-safe. */
public final class AnalyticsReader {
    private static final String HEALTH = "SELECT * FROM tasker.get_system_health_counts()";

    private static final String METRICS = """
        SELECT metrics.*, counts.total_tasks
        FROM   tasker.get_analytics_metrics(tasker.engine_now() - ? * interval '1 hour') AS metrics,
               tasker.get_system_health_counts() AS counts
        """;

    private static final String STEPS = """
        SELECT * FROM tasker.get_slowest_steps_aggregated(tasker.engine_now() - ? * interval '1 ms', ?, ?, ?, ?, ?)
        """;
    private static final String TASKS = """
        SELECT * FROM tasker.get_slowest_tasks_aggregated(tasker.engine_now() - ? * interval '1 ms', ?, ?, ?, ?, ?)
        """;
    private static final String SLOWEST_STEPS = """
        SELECT * FROM tasker.get_slowest_steps(tasker.engine_now() - ? * interval '1 ms', ?, ?, ?, ?)
        """;
    private static final String SLOWEST_TASKS = """
        SELECT * FROM tasker.get_slowest_tasks(tasker.engine_now() - ? * interval '1 ms', ?, ?, ?, ?)
        """;
    private static final String PERCENTILES = """
        SELECT tasker.get_duration_percentiles(tasker.engine_now() - ? * interval '1 ms', ?, ?, ?, ?, ?)
        """;

    private final Database database;
    private final RollupFolder folder;

    public AnalyticsReader(Database database, RollupFolder folder) {
        this.database = database;
        this.folder = folder;
    }

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    public SystemHealth health() {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(HEALTH)) {
                ResultSet row = select.executeQuery();
                row.next();
                Map<TaskState, Long> tasks = new EnumMap<>(TaskState.class);
                for (TaskState state : TaskState.values()) {
                    tasks.put(state, row.getLong(state.text() + "_tasks"));
                }
                Map<StepState, Long> steps = new EnumMap<>(StepState.class);
                for (StepState state : StepState.values()) {
                    steps.put(state, row.getLong(state.text() + "_steps"));
                }
                return new SystemHealth(tasks, steps);
            }
        });
    }

    public PerformanceMetrics performance(int hours) {
        folder.catchUp();
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(METRICS)) {
                select.setInt(1, hours);
                ResultSet row = select.executeQuery();
                row.next();
                return new PerformanceMetrics(
                        row.getLong("total_tasks"),
                        row.getLong("active_tasks_count"),
                        row.getLong("completion_count"),
                        row.getLong("error_count"),
                        row.getDouble("completion_rate"),
                        row.getDouble("error_rate"),
                        row.getDouble("avg_task_duration"),
                        row.getDouble("avg_step_duration"),
                        Math.round((double) row.getLong("task_throughput") / hours),
                        Math.round((double) row.getLong("step_throughput") / hours),
                        row.getDouble("system_health_score"),
                        instant(row, "analysis_period_start"),
                        instant(row, "calculated_at"));
            }
        });
    }

    public List<StepPerformance> steps(AnalyticsFilter filter, int minExecutions) {
        folder.catchUp();
        return rows(
                STEPS,
                filter,
                minExecutions,
                row -> new StepPerformance(
                        row.getString("namespace_name"),
                        row.getString("task_name"),
                        row.getString("version"),
                        row.getString("step_name"),
                        row.getDouble("average_duration_seconds"),
                        row.getDouble("max_duration_seconds"),
                        row.getLong("execution_count"),
                        row.getLong("error_count"),
                        row.getDouble("error_rate"),
                        instantOrNull(row, "last_executed_at")));
    }

    public List<TaskPerformance> tasks(AnalyticsFilter filter, int minExecutions) {
        folder.catchUp();
        return rows(
                TASKS,
                filter,
                minExecutions,
                row -> new TaskPerformance(
                        row.getString("namespace_name"),
                        row.getString("task_name"),
                        row.getString("version"),
                        row.getDouble("average_duration_seconds"),
                        row.getDouble("max_duration_seconds"),
                        row.getLong("execution_count"),
                        row.getDouble("average_step_count"),
                        row.getLong("total_error_steps"),
                        row.getDouble("error_rate"),
                        instantOrNull(row, "last_executed_at")));
    }

    public List<SlowStep> slowestSteps(AnalyticsFilter filter) {
        return rows(
                SLOWEST_STEPS,
                filter,
                null,
                row -> new SlowStep(
                        row.getObject("workflow_step_uuid", UUID.class),
                        row.getObject("task_uuid", UUID.class),
                        row.getString("step_name"),
                        row.getString("task_name"),
                        row.getString("namespace_name"),
                        row.getString("version"),
                        row.getDouble("duration_seconds"),
                        row.getInt("attempts"),
                        instant(row, "created_at"),
                        instant(row, "completed_at"),
                        row.getBoolean("retryable"),
                        row.getString("step_status")));
    }

    public List<SlowTask> slowestTasks(AnalyticsFilter filter) {
        return rows(
                SLOWEST_TASKS,
                filter,
                null,
                row -> new SlowTask(
                        row.getObject("task_uuid", UUID.class),
                        row.getString("task_name"),
                        row.getString("namespace_name"),
                        row.getString("version"),
                        row.getDouble("duration_seconds"),
                        row.getLong("step_count"),
                        row.getLong("completed_steps"),
                        row.getLong("error_steps"),
                        instant(row, "created_at"),
                        instant(row, "completed_at"),
                        row.getString("initiator"),
                        row.getString("source_system")));
    }

    public List<Double> percentiles(
            String namespace,
            String task,
            String version,
            @Nullable String step,
            Duration window,
            double... fractions) {
        folder.catchUp();
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(PERCENTILES)) {
                select.setLong(1, window.toMillis());
                select.setArray(
                        2,
                        connection.createArrayOf(
                                "float8", DoubleStream.of(fractions).boxed().toArray()));
                select.setString(3, namespace);
                select.setString(4, task);
                select.setString(5, version);
                select.setString(6, step);
                ResultSet row = select.executeQuery();
                row.next();
                Array found = row.getArray(1);
                List<Double> seconds = new ArrayList<>();
                for (Object value : found == null ? new Object[0] : (@Nullable Object[]) found.getArray()) {
                    if (value != null) {
                        seconds.add((Double) value);
                    }
                }
                return seconds;
            }
        });
    }

    private <T> List<T> rows(String statement, AnalyticsFilter filter, @Nullable Integer minExecutions, Row<T> reader) {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(statement)) {
                select.setLong(1, filter.window().toMillis());
                select.setInt(2, filter.limit());
                select.setString(3, filter.namespace());
                select.setString(4, filter.task());
                select.setString(5, filter.version());
                if (minExecutions != null) {
                    select.setInt(6, minExecutions);
                }
                ResultSet row = select.executeQuery();
                List<T> found = new ArrayList<>();
                while (row.next()) {
                    found.add(reader.read(row));
                }
                return found;
            }
        });
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
