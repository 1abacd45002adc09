package dev.tasker.engine.internal.operator;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.StepAction.CompleteManually;
import dev.tasker.engine.StepAction.ResetForRetry;
import dev.tasker.engine.StepAction.ResolveManually;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.lane.BatchCall;
import dev.tasker.engine.internal.lane.Command.Operate;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.state.StepEvent;
import dev.tasker.engine.internal.state.StepStateMachine;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.task.PayloadCache;
import dev.tasker.engine.internal.task.TaskUuids;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Carries out operators' actions on steps and tells what they set off: one round trip for a batch. */
public final class StepOperator implements BatchCall<Operate, List<Operate>, StepOperator.Answer> {
    private static final String CALL = """
        SELECT kind, task_uuid, step_index, state, token, queue_id, priority, session_id, task_state, detail
        FROM   tasker.operate_steps(?, ?, ?, ?, ?, ?)
        """;

    private static final short RESET = 0;
    private static final short RESOLVE = 1;
    private static final short COMPLETE = 2;

    private final PayloadCache payloads;
    private final Aftermath aftermath;

    public StepOperator(PayloadCache payloads, Aftermath aftermath) {
        this.payloads = payloads;
        this.aftermath = aftermath;
    }

    /** The command for {@code action}; what cannot be stored is refused with an exception. */
    public static Operate command(StepKey step, StepAction action) {
        String result = action instanceof CompleteManually complete
                ? ActionDocuments.result(TaskUuids.stepUuid(step.task(), step.index()), complete)
                : null;
        return new Operate(step, action, ActionDocuments.detail(action), result);
    }

    private record Row(
            int kind, StepKey key, int state, int token, int queueId, int priority, int sessionId, int taskState) {}

    private record Refusal(
            StepState step, TaskState task, @Nullable String lastDetail) {}

    /** What the database answered. */
    public record Answer(List<Row> rows, Set<StepKey> done, Map<StepKey, Refusal> refused) {}

    @Override
    public List<Operate> prepare(List<Operate> commands) {
        return commands;
    }

    @Override
    public Answer execute(Connection connection, List<Operate> commands, long batchNumber) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement(CALL)) {
            bind(call, commands);
            Answer answer = new Answer(new ArrayList<>(), new HashSet<>(), new HashMap<>());
            ResultSet rows = call.executeQuery();
            while (rows.next()) {
                Row row = new Row(
                        rows.getInt(1),
                        new StepKey(rows.getObject(2, UUID.class), rows.getInt(3)),
                        rows.getInt(4),
                        rows.getInt(5),
                        rows.getInt(6),
                        rows.getInt(7),
                        rows.getInt(8),
                        rows.getInt(9));
                if (row.kind() == 4) {
                    answer.refused()
                            .put(
                                    row.key(),
                                    new Refusal(
                                            StepState.ofCode(row.state()),
                                            TaskState.ofCode(row.taskState()),
                                            rows.getString(10)));
                } else {
                    answer.rows().add(row);
                }
            }
            return answer;
        }
    }

    private static void bind(PreparedStatement call, List<Operate> commands) throws SQLException {
        int size = commands.size();
        int[] steps = new int[size];
        short[] actions = new short[size];
        Boolean[] clear = new Boolean[size];
        for (int i = 0; i < size; i++) {
            Operate command = commands.get(i);
            steps[i] = command.step().index();
            actions[i] = switch (command.action()) {
                case ResetForRetry _ -> RESET;
                case ResolveManually _ -> RESOLVE;
                case CompleteManually _ -> COMPLETE;
            };
            clear[i] = command.action() instanceof ResetForRetry reset && reset.clearCheckpoint();
        }
        SqlArrays.setUuids(
                call, 1, commands.stream().map(command -> command.step().task()).toList());
        SqlArrays.setInts(call, 2, steps);
        SqlArrays.setShorts(call, 3, actions);
        SqlArrays.setTexts(call, 4, commands.stream().map(Operate::result).toList());
        SqlArrays.setTexts(call, 5, commands.stream().map(Operate::detail).toList());
        call.setArray(6, call.getConnection().createArrayOf("boolean", clear));
    }

    @Override
    public void apply(List<Operate> commands, Answer answer, long batchNumber, boolean repeated) {
        for (Row row : answer.rows()) {
            switch (row.kind()) {
                case 0 -> acted(row, answer);
                case 1 -> aftermath.enqueued(row.queueId(), row.priority());
                case 2 -> taskEntered(row);
                case 3 -> aftermath.timerSet(Duration.ofMillis(row.token()));
                default -> throw new IllegalStateException("kind: " + row.kind() + " (expected: 0 to 4)");
            }
        }
        aftermath.slotsFreed();
        for (Operate command : commands) {
            command.answer().complete(outcome(command, answer, repeated));
        }
    }

    private void acted(Row row, Answer answer) {
        answer.done().add(row.key());
        if (row.sessionId() != 0) {
            aftermath.leaseEnded(row.sessionId(), row.key(), row.token());
        }
    }

    private void taskEntered(Row row) {
        TaskState state = TaskState.ofCode(row.state());
        if (state.isTerminal()) {
            payloads.remove(row.key().task());
        }
        aftermath.taskEntered(row.key().task(), state);
    }

    private static ActionOutcome outcome(Operate command, Answer answer, boolean repeated) {
        if (answer.done().contains(command.step())) {
            return new ActionOutcome.Done();
        }
        Refusal refusal = answer.refused().get(command.step());
        if (refusal == null) {
            return new ActionOutcome.NotFound("Resource not found");
        }
        if (repeated && command.detail().equals(refusal.lastDetail())) {
            return new ActionOutcome.Done(); // by the try whose answer was lost
        }
        return refused(command.action(), refusal);
    }

    private static ActionOutcome refused(StepAction action, Refusal refusal) {
        StepEvent event = switch (action) {
            case ResetForRetry _ -> new StepEvent.ResetForRetry();
            case ResolveManually _ -> new StepEvent.ResolveManually();
            case CompleteManually _ -> new StepEvent.CompleteManually(null);
        };
        if (StepStateMachine.next(refusal.step(), event).isPresent()) {
            return new ActionOutcome.Refused(
                    ErrorCode.Kind.CONFLICT,
                    "Cannot manually resolve step: task is " + refusal.task().text());
        }
        return new ActionOutcome.Refused(
                action instanceof ResetForRetry ? ErrorCode.Kind.CALLER : ErrorCode.Kind.CONFLICT,
                "Cannot manually resolve step: invalid transition from "
                        + refusal.step().text() + " to " + action.text());
    }

    @Override
    public void abandon(List<Operate> commands) {
        // nothing was reserved
    }
}
