package dev.tasker.engine.internal.operator;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.Operator;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.SqlArrays;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Puts tasks that were given up back to work. One statement, on the caller's thread. */
public final class TaskReopener {
    private static final String CALL =
            "SELECT kind, task_uuid, step_index, state, queue_id, priority FROM tasker.reopen_tasks(?, ?)";

    private final Database database;
    private final Aftermath aftermath;

    public TaskReopener(Database database, Aftermath aftermath) {
        this.database = database;
        this.aftermath = aftermath;
    }

    public ActionOutcome reopen(UUID task, String reason, Operator operator) {
        String detail = ActionDocuments.reopening(reason, operator);
        List<Runnable> consequences = new ArrayList<>();
        ActionOutcome outcome = database.call(connection -> {
            consequences.clear();
            try (PreparedStatement call = connection.prepareStatement(CALL)) {
                SqlArrays.setUuids(call, 1, List.of(task));
                SqlArrays.setTexts(call, 2, List.of(detail));
                ResultSet rows = call.executeQuery();
                ActionOutcome answer = new ActionOutcome.NotFound("Resource not found");
                while (rows.next()) {
                    int number = rows.getInt(5);
                    int priority = rows.getInt(6);
                    TaskState state = TaskState.ofCode(rows.getInt(4));
                    switch (rows.getInt(1)) {
                        case 0 -> {
                            answer = new ActionOutcome.Done();
                            consequences.add(() -> aftermath.taskEntered(task, state));
                        }
                        case 1 -> consequences.add(() -> aftermath.enqueued(number, priority));
                        case 3 -> consequences.add(() -> aftermath.timerSet(Duration.ofMillis(number)));
                        case 4 -> answer = refusal(state, rows.getInt(3));
                        default ->
                            throw new IllegalStateException("kind: " + rows.getInt(1) + " (expected: 0, 1, 3, 4)");
                    }
                }
                return answer;
            }
        });
        consequences.forEach(Runnable::run);
        return outcome;
    }

    private static ActionOutcome refusal(TaskState state, int failedSteps) {
        return new ActionOutcome.Refused(
                ErrorCode.Kind.CONFLICT,
                state == TaskState.ERROR
                        ? "Cannot reopen a task with steps in error: " + failedSteps
                        : "Cannot reopen a task in " + state.text());
    }
}
