package dev.tasker.engine.internal.operator;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.lane.BatchCall;
import dev.tasker.engine.internal.lane.Command.Cancel;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.task.PayloadCache;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Cancels batches of tasks with all their steps, one round trip each, and tells the sessions that ran some of them. */
public final class TaskCanceller implements BatchCall<Cancel, List<Cancel>, TaskCanceller.Answer> {
    private static final String CALL =
            "SELECT kind, task_uuid, step_index, token, session_id, state, detail FROM tasker.cancel_tasks(?, ?)";

    private final PayloadCache payloads;
    private final Aftermath aftermath;

    public TaskCanceller(PayloadCache payloads, Aftermath aftermath) {
        this.payloads = payloads;
        this.aftermath = aftermath;
    }

    private record Ended(int sessionId, StepKey step, int token) {}

    private record Refusal(TaskState state, @Nullable String lastDetail) {}

    /** What the database answered. */
    public record Answer(Set<UUID> cancelled, List<Ended> ended, Map<UUID, Refusal> refused) {}

    @Override
    public List<Cancel> prepare(List<Cancel> commands) {
        return commands;
    }

    @Override
    public Answer execute(Connection connection, List<Cancel> commands, long batchNumber) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement(CALL)) {
            SqlArrays.setUuids(call, 1, commands.stream().map(Cancel::task).toList());
            SqlArrays.setTexts(call, 2, commands.stream().map(Cancel::detail).toList());
            Answer answer = new Answer(new HashSet<>(), new ArrayList<>(), new HashMap<>());
            ResultSet rows = call.executeQuery();
            while (rows.next()) {
                UUID task = rows.getObject(2, UUID.class);
                switch (rows.getInt(1)) {
                    case 0 -> answer.cancelled().add(task);
                    case 1 ->
                        answer.ended()
                                .add(new Ended(rows.getInt(5), new StepKey(task, rows.getInt(3)), rows.getInt(4)));
                    case 2 ->
                        answer.refused().put(task, new Refusal(TaskState.ofCode(rows.getInt(6)), rows.getString(7)));
                    default -> throw new IllegalStateException("kind: " + rows.getInt(1) + " (expected: 0 to 2)");
                }
            }
            return answer;
        }
    }

    @Override
    public void apply(List<Cancel> commands, Answer answer, long batchNumber, boolean repeated) {
        for (UUID task : answer.cancelled()) {
            payloads.remove(task);
            aftermath.taskEntered(task, TaskState.CANCELLED);
        }
        answer.ended().forEach(lease -> aftermath.leaseEnded(lease.sessionId(), lease.step(), lease.token()));
        for (Cancel command : commands) {
            command.answer().complete(outcome(command, answer, repeated));
        }
    }

    private static ActionOutcome outcome(Cancel command, Answer answer, boolean repeated) {
        if (answer.cancelled().contains(command.task())) {
            return new ActionOutcome.Done();
        }
        Refusal refusal = answer.refused().get(command.task());
        if (refusal == null) {
            return new ActionOutcome.NotFound("Resource not found");
        }
        if (repeated
                && refusal.state() == TaskState.CANCELLED
                && command.detail().equals(refusal.lastDetail())) {
            return new ActionOutcome.Done(); // by the try whose answer was lost
        }
        return new ActionOutcome.Refused(ErrorCode.Kind.CALLER, "Cannot cancel a completed task");
    }

    @Override
    public void abandon(List<Cancel> commands) {
        // nothing was reserved
    }
}
