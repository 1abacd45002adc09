package dev.tasker.testkit.model;

import static dev.tasker.testkit.model.TaskModel.require;
import static java.util.Objects.requireNonNull;

import dev.tasker.engine.ExecutionStatus;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskView;
import dev.tasker.testkit.TestNode;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Holds what database and engine show against the models of all tasks. */
final class Comparison implements AutoCloseable {
    /** Results compared by their error type only. */
    static final String LEASE_EXPIRED = "lease_expired";

    static final String HANDLER_TIMEOUT = "handler_timeout";

    /** In one snapshot: 0 steps, 1 tasks, 2 events. */
    private static final String ROWS = """
        SELECT 0 AS kind, step.task_uuid, step.template_step, step.name, step.state, step.attempts, step.lease_token,
               step.pending_parents, step.total_parents, step.backoff_request_seconds, session.session_uuid, step.result,
               tasker.checkpoint_record(step.checkpoint, step.checkpoint_history)
        FROM   tasker.workflow_steps AS step LEFT JOIN tasker.worker_sessions AS session USING (session_id)
        WHERE  step.task_uuid = ANY (?)
        UNION ALL
        SELECT 1, task_uuid, NULL, NULL, state, total_steps, satisfied_steps, failed_steps, active_steps, NULL, NULL, NULL, NULL
        FROM   tasker.tasks WHERE task_uuid = ANY (?)
        UNION ALL
        SELECT 2, event.task_uuid, step.template_step, step.name, event.step_state, NULL, NULL, NULL, NULL, NULL, NULL, event.event_name,
               NULL
        FROM   tasker.domain_events AS event JOIN tasker.workflow_steps AS step USING (task_uuid, step_index)
        WHERE  event.task_uuid = ANY (?)
        """;

    private static final String TASK_HISTORY =
            "SELECT to_state FROM tasker.task_transitions WHERE task_uuid = ? ORDER BY sort_key";

    private static final String EDGES = """
        SELECT edge.from_step_uuid, edge.to_step_uuid, edge.name FROM tasker.workflow_step_edges AS edge
        WHERE  edge.to_step_uuid IN (SELECT tasker.step_uuid(task_uuid, step_index) FROM tasker.workflow_steps
                                     WHERE  task_uuid >= ?)
        """;

    private final Ground ground;
    private final Connection connection;
    private final Map<UUID, TaskModel> tasks;
    private final Set<UUID> ended = new HashSet<>(); // compared since they ended

    /** Sees the tasks that are added to the map later. */
    Comparison(Ground ground, Map<UUID, TaskModel> tasks) throws SQLException {
        this.ground = ground;
        this.connection = ground.connection();
        this.tasks = tasks;
    }

    /** From now on ended tasks are compared again, too. */
    void everything() {
        ended.clear();
    }

    /** The command before concerned {@code task}. */
    void touched(UUID task) {
        ended.remove(task);
    }

    /** What keeps the rows of tasks, steps and events apart from the models, null when they agree. */
    @Nullable
    String difference() {
        List<TaskModel> compared = tasks.values().stream()
                .filter(task -> !ended.contains(task.uuid))
                .toList();
        try {
            String difference = difference(compared);
            if (difference == null) {
                compared.stream().filter(task -> task.state().isTerminal()).forEach(task -> ended.add(task.uuid));
            }
            return difference;
        } catch (SQLException e) {
            throw new IllegalStateException("the database could not be read", e);
        }
    }

    private @Nullable String difference(List<TaskModel> compared) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(ROWS)) {
            Array uuids = connection.createArrayOf(
                    "uuid", compared.stream().map(task -> task.uuid).toArray());
            for (int i = 1; i <= 3; i++) {
                select.setArray(i, uuids);
            }
            ResultSet row = select.executeQuery();
            int steps = 0;
            int found = 0;
            Map<TaskModel, List<String>> events = new HashMap<>();
            while (row.next()) {
                TaskModel task = modelOf(row.getObject(2, UUID.class));
                String difference = null;
                switch (row.getInt(1)) {
                    case 0 -> {
                        steps++;
                        difference = stepDifference(task, row);
                    }
                    case 1 -> {
                        found++;
                        difference = taskDifference(task, row);
                    }
                    default ->
                        events.computeIfAbsent(task, _ -> new ArrayList<>())
                                .add(nameOf(task, row) + " " + row.getString(12) + " " + publication(row.getInt(5)));
                }
                if (difference != null) {
                    return difference;
                }
            }
            int expected = compared.stream().mapToInt(task -> task.steps.size()).sum();
            if (steps != expected || found != compared.size()) {
                return found + " tasks, " + steps + " steps (expected: " + compared.size() + ", " + expected + ")";
            }
            return compared.stream()
                    .map(task -> eventDifference(task, events.getOrDefault(task, List.of())))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
    }

    private static Publication publication(int code) {
        StepState state = StepState.ofCode(code);
        return state == StepState.COMPLETE
                ? Publication.SUCCESS
                : state == StepState.ERROR ? Publication.FINAL : Publication.AGAIN;
    }

    private static @Nullable String eventDifference(TaskModel task, List<String> found) {
        List<String> sorted = found.stream().sorted().toList();
        List<String> expected = task.published.stream().sorted().toList();
        return sorted.equals(expected)
                ? null
                : "events of " + task.uuid + ": " + sorted + " (expected: " + expected + ")";
    }

    private static String nameOf(TaskModel task, ResultSet row) throws SQLException {
        String instance = row.getString(4);
        return instance == null ? task.plan.steps().get(row.getInt(3)).name() : instance;
    }

    private static @Nullable String stepDifference(TaskModel task, ResultSet row) throws SQLException {
        String name = nameOf(task, row);
        StepModel step = task.steps.stream()
                .filter(one -> one.name.equals(name))
                .findFirst()
                .orElse(null);
        if (step == null) {
            return task.uuid + " " + name + " exists (expected: " + task.steps + ")";
        }
        StepState state = StepState.ofCode(row.getInt(5));
        if (step.mayBeEnqueued && state == StepState.ENQUEUED) {
            step.mayBeEnqueued = false;
            step.state = state;
        }
        String found = state + " attempts " + row.getInt(6) + " token " + row.getInt(7) + " pending " + row.getInt(8)
                + " of " + row.getInt(9) + " backoff " + row.getObject(10, Integer.class) + " holder "
                + row.getObject(11, UUID.class) + " progress " + Progress.withoutTimes(row.getString(13));
        String expected = step.state + " attempts " + step.attempts + " token " + step.token + " pending "
                + step.pendingParents() + " of " + step.totalParents(row.getInt(9)) + " backoff " + step.backoffSeconds
                + " holder " + step.holder + " progress "
                + (step.progress == null ? null : step.progress.document());
        return found.equals(expected) && same(step.result, row.getString(12))
                ? null
                : task.uuid + " " + step.name + ": " + found + " result " + row.getString(12) + " (expected: "
                        + expected + " result " + step.result + ")";
    }

    private static @Nullable String taskDifference(TaskModel task, ResultSet row) throws SQLException {
        String found = TaskState.ofCode(row.getInt(5)) + " total " + row.getInt(6) + " satisfied " + row.getInt(7)
                + " failed " + row.getInt(8) + " active " + row.getInt(9);
        String expected = task.state() + " total " + task.steps.size() + " satisfied " + task.satisfiedSteps()
                + " failed " + task.count(StepState.ERROR) + " active " + task.active();
        return found.equals(expected) ? null : task.uuid + ": " + found + " (expected: " + expected + ")";
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
        List<String> found = ground.query(TASK_HISTORY, task.uuid);
        require(found.equals(expected), "history of " + task.uuid + ": " + found + " (expected: " + expected + ")");
    }

    /** The edges of tasks from {@code first} on, which the view finds by reading them all. */
    List<String> edges(UUID first) {
        return ground.query(EDGES, first);
    }

    /** Which step waits for which, and as what; steps whose parents the order within a burst decides are left out. */
    void compareEdges(TestNode node, TaskModel task, List<String> rows) {
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
        for (String row : rows) {
            String[] columns = row.split(" ", 3);
            if (!names.containsKey(columns[1])) {
                continue; // of another task
            }
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
        if (LEASE_EXPIRED.equals(expected) || HANDLER_TIMEOUT.equals(expected)) {
            return found != null && found.contains("\"error_type\":\"" + expected + "\"");
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
