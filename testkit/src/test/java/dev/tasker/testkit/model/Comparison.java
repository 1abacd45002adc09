package dev.tasker.testkit.model;

import static dev.tasker.testkit.model.TaskModel.require;
import static java.util.Objects.requireNonNull;

import dev.tasker.engine.ExecutionStatus;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskView;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import dev.tasker.testkit.model.TaskModel.StepModel;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Holds what database and engine show against the models of all tasks. */
final class Comparison implements AutoCloseable {
    /** A result compared by its error type only. */
    static final String LEASE_EXPIRED = "lease_expired";

    private static final String STEPS = """
        SELECT step.task_uuid, step.template_step, step.state, step.attempts, step.lease_token, step.pending_parents, session.session_uuid,
               step.backoff_request_seconds, step.result, step.name, step.total_parents
        FROM   tasker.workflow_steps AS step LEFT JOIN tasker.worker_sessions AS session USING (session_id)
        WHERE  step.task_uuid = ANY (?)
        """;

    private static final String TASKS =
            "SELECT task_uuid, state, total_steps, satisfied_steps, failed_steps, active_steps FROM tasker.tasks"
                    + " WHERE task_uuid = ANY (?)";

    private static final String EDGES =
            "SELECT concat_ws(' ', edge.from_step_uuid, edge.to_step_uuid, edge.name) FROM tasker.workflow_step_edges"
                    + " AS edge WHERE edge.to_step_uuid IN (SELECT tasker.step_uuid(task_uuid, step_index) FROM"
                    + " tasker.workflow_steps WHERE task_uuid = ?)";

    private final TestDatabase database;
    private final Connection connection;
    private final Map<UUID, TaskModel> tasks;

    /** Sees the tasks that are added to the map later. */
    Comparison(TestDatabase database, Map<UUID, TaskModel> tasks) throws SQLException {
        this.database = database;
        this.connection = database.dataSource().getConnection();
        this.tasks = tasks;
    }

    /** What keeps the rows of steps and tasks apart from the models, null when they agree. */
    @Nullable
    String difference() {
        try {
            String steps = stepDifference();
            return steps == null ? taskDifference() : steps;
        } catch (SQLException e) {
            throw new IllegalStateException("the database could not be read", e);
        }
    }

    private @Nullable String stepDifference() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(STEPS)) {
            select.setArray(1, connection.createArrayOf("uuid", tasks.keySet().toArray()));
            ResultSet rows = select.executeQuery();
            int count = 0;
            while (rows.next()) {
                count++;
                TaskModel task = modelOf(rows.getObject(1, UUID.class));
                String instance = rows.getString(10);
                String name =
                        instance == null ? task.plan.steps().get(rows.getInt(2)).name() : instance;
                StepModel step = task.steps.stream()
                        .filter(one -> one.name.equals(name))
                        .findFirst()
                        .orElse(null);
                if (step == null) {
                    return task.uuid + " " + name + " exists (expected: " + task.steps + ")";
                }
                StepState state = StepState.ofCode(rows.getInt(3));
                if (step.mayBeEnqueued && state == StepState.ENQUEUED) {
                    step.mayBeEnqueued = false;
                    step.state = state;
                }
                String found = state + " attempts " + rows.getInt(4) + " token " + rows.getInt(5) + " pending "
                        + rows.getInt(6) + " of " + rows.getInt(11) + " holder " + rows.getObject(7, UUID.class)
                        + " backoff "
                        + rows.getObject(8, Integer.class);
                String expected = step.state + " attempts " + step.attempts + " token " + step.token + " pending "
                        + step.pendingParents() + " of " + step.totalParents(rows.getInt(11)) + " holder " + step.holder
                        + " backoff " + step.backoffSeconds;
                if (!found.equals(expected) || !same(step.result, rows.getString(9))) {
                    return step.task.uuid + " " + step.name + ": " + found + " result " + rows.getString(9)
                            + " (expected: " + expected + " result " + step.result + ")";
                }
            }
            int expected =
                    tasks.values().stream().mapToInt(task -> task.steps.size()).sum();
            return count == expected ? null : count + " steps (expected: " + expected + ")";
        }
    }

    private @Nullable String taskDifference() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(TASKS)) {
            select.setArray(1, connection.createArrayOf("uuid", tasks.keySet().toArray()));
            ResultSet rows = select.executeQuery();
            while (rows.next()) {
                TaskModel task = modelOf(rows.getObject(1, UUID.class));
                String found = TaskState.ofCode(rows.getInt(2)) + " total " + rows.getInt(3) + " satisfied "
                        + rows.getInt(4) + " failed " + rows.getInt(5) + " active " + rows.getInt(6);
                String expected = task.state() + " total " + task.steps.size() + " satisfied " + task.satisfiedSteps()
                        + " failed " + task.count(StepState.ERROR) + " active " + task.active();
                if (!found.equals(expected)) {
                    return task.uuid + ": " + found + " (expected: " + expected + ")";
                }
            }
            return null;
        }
    }

    void compareView(TestNode node, UUID uuid, long now) {
        TaskModel task = modelOf(uuid);
        TaskView view = node.task(uuid);
        ExecutionStatus execution = view.execution();
        String found = view.state() + " " + execution.status() + " ready " + execution.readySteps() + " completed "
                + execution.completedSteps() + " pending " + execution.pendingSteps() + " running "
                + execution.inProgressSteps();
        String expected = task.state() + " " + task.executionStatus(now) + " ready "
                + task.steps.stream().filter(step -> step.showsReady(now)).count() + " completed "
                + task.satisfiedSteps() + " pending " + task.count(StepState.PENDING) + " running "
                + task.count(StepState.IN_PROGRESS);
        require(found.equals(expected), "view of " + uuid + ": " + found + " (expected: " + expected + ")");
        compareReasons(node, task);
    }

    /** Each step that has not ended says why, and none is stuck. */
    private static void compareReasons(TestNode node, TaskModel task) {
        List<String> found = node.engine().why(task.uuid).orElseThrow().steps().stream()
                .map(step -> step.name() + " " + step.reason().code())
                .sorted()
                .toList();
        List<String> expected = task.state().isTerminal()
                ? List.of()
                : task.steps.stream()
                        .filter(step -> !step.state.isTerminal())
                        .map(step -> step.name + " " + reason(task, step))
                        .sorted()
                        .toList();
        // who takes from a queue is written a moment later; WhyTest tells the two apart
        List<String> sorted = found.stream()
                .map(line -> line.replace("no_worker", "queued"))
                .sorted()
                .toList();
        require(sorted.equals(expected), "reasons of " + task.uuid + ": " + found + " (expected: " + expected + ")");
    }

    private static String reason(TaskModel task, StepModel step) {
        return switch (step.state) {
            case PENDING ->
                step.waitsForSlot ? "waiting_for_slot" : step.pendingParents() > 0 ? "waiting_for_parents" : "withheld";
            case ENQUEUED -> "queued";
            case IN_PROGRESS -> "leased";
            case WAITING_FOR_RETRY -> task.count(StepState.ERROR) > 0 ? "withheld" : "backoff";
            case ERROR -> "failed";
            case ENQUEUED_FOR_ORCHESTRATION,
                    ENQUEUED_AS_ERROR_FOR_ORCHESTRATION,
                    COMPLETE,
                    CANCELLED,
                    RESOLVED_MANUALLY -> "no reason";
        };
    }

    void compareHistory(TaskModel task) {
        List<String> expected = task.states.stream().map(TaskState::text).toList();
        List<String> found = database.query(
                "SELECT to_state FROM tasker.task_transitions WHERE task_uuid = ? ORDER BY sort_key", task.uuid);
        require(found.equals(expected), "history of " + task.uuid + ": " + found + " (expected: " + expected + ")");
    }

    /** Which step waits for which, and as what; steps whose parents the order within a burst decides are left out. */
    void compareEdges(TestNode node, TaskModel task) {
        Map<String, StepView> views = node.steps(task.uuid);
        Map<String, StepModel> models = new HashMap<>();
        Map<String, String> names = new HashMap<>();
        Set<String> expected = new TreeSet<>();
        for (StepModel step : task.steps) {
            models.put(step.name, step);
            names.put(requireNonNull(views.get(step.name), step.name).stepUuid().toString(), step.name);
            if (!step.parentsDependOnOrder) {
                step.parents.forEach(
                        parent -> expected.add(parent.name + " " + step.edgeFrom(parent) + " " + step.name));
            }
        }
        Set<String> found = new TreeSet<>();
        for (String row : database.query(EDGES, task.uuid)) {
            String[] columns = row.split(" ", 3);
            String name = names.getOrDefault(columns[1], columns[1]);
            StepModel step = models.get(name);
            if (step == null || !step.parentsDependOnOrder) {
                found.add(names.getOrDefault(columns[0], columns[0]) + " " + columns[2] + " " + name);
            }
        }
        require(views.keySet().equals(models.keySet()), views.keySet() + " (expected: " + models.keySet() + ")");
        require(found.equals(expected), "edges of " + task.uuid + ": " + found + " (expected: " + expected + ")");
    }

    private TaskModel modelOf(UUID task) {
        return requireNonNull(tasks.get(task), () -> "task " + task);
    }

    static boolean same(@Nullable String expected, @Nullable String found) {
        if (LEASE_EXPIRED.equals(expected)) {
            return found != null && found.contains("\"error_type\":\"lease_expired\"");
        }
        return Objects.equals(expected, found);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("connection", e);
        }
    }
}
