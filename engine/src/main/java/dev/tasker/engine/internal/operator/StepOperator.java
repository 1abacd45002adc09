package dev.tasker.engine.internal.operator;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.StepAction.CompleteManually;
import dev.tasker.engine.StepAction.ResetForRetry;
import dev.tasker.engine.StepAction.ResolveManually;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.graph.InvalidOutcomeException;
import dev.tasker.engine.internal.graph.TaskGraph;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.lane.BatchCall;
import dev.tasker.engine.internal.lane.Command.Operate;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.state.StepEvent;
import dev.tasker.engine.internal.state.StepStateMachine;
import dev.tasker.engine.internal.step.CurrentGraphs;
import dev.tasker.engine.internal.step.Expansion;
import dev.tasker.engine.internal.step.GrowthColumns;
import dev.tasker.engine.internal.step.StepExpander;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Carries out operators' actions on steps and tells what they set off: one round trip for a batch. */
public final class StepOperator implements BatchCall<Operate, List<Operate>, StepOperator.Answer> {
    private static final String CALL = """
        SELECT kind, task_uuid, step_index, state, token, queue_id, priority, session_id, task_state, detail
        FROM   tasker.operate_steps(?, ?, ?, ?, ?, ?)
        """;

    private static final String GROWING_CALL = """
        SELECT kind, task_uuid, step_index, state, token, queue_id, priority, session_id, task_state, detail
        FROM   tasker.grow_and_operate(?, ?, ?, ?, ?, ?,
                                       ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private static final int PARAMETERS = 6;
    private static final int KIND_REFUSED = 4;
    private static final int KIND_GRAPH = 5;

    private static final short RESET = 0;
    private static final short RESOLVE = 1;
    private static final short COMPLETE = 2;

    private final PayloadCache payloads;
    private final Aftermath aftermath;
    private final StepExpander expander;
    private final Consumer<Operate> again;

    /** @param again queues a command once more */
    public StepOperator(PayloadCache payloads, Aftermath aftermath, StepExpander expander, Consumer<Operate> again) {
        this.payloads = payloads;
        this.aftermath = aftermath;
        this.expander = expander;
        this.again = again;
    }

    /** The command for {@code action}; what cannot be stored is refused with an exception. */
    public static Operate command(StepKey step, StepAction action) {
        String result = action instanceof CompleteManually complete
                ? ActionDocuments.result(TaskUuids.stepUuid(step.task(), step.index()), complete)
                : null;
        return new Operate(step, action, ActionDocuments.detail(action), result, null);
    }

    private record Row(
            int kind, StepKey key, int state, int token, int queueId, int priority, int sessionId, int taskState) {}

    private record Refusal(
            StepState step, TaskState task, @Nullable String lastDetail) {}

    /** What the database answered. */
    public record Answer(List<Row> rows, Set<StepKey> done, Map<StepKey, Refusal> refused, CurrentGraphs graphs) {
        private boolean acted(StepKey step) {
            return rows.stream().anyMatch(row -> row.kind() == 0 && row.key().equals(step));
        }
    }

    @Override
    public List<Operate> prepare(List<Operate> commands) {
        return commands;
    }

    @Override
    public Answer execute(Connection connection, List<Operate> commands, long batchNumber) throws SQLException {
        boolean growing = commands.stream().anyMatch(command -> command.expansion() != null);
        try (PreparedStatement call = connection.prepareStatement(growing ? GROWING_CALL : CALL)) {
            bind(call, commands);
            if (growing) {
                bindGrowths(call, commands);
            }
            Answer answer = new Answer(new ArrayList<>(), new HashSet<>(), new HashMap<>(), new CurrentGraphs());
            ResultSet rows = call.executeQuery();
            while (rows.next()) {
                if (rows.getInt(1) == KIND_GRAPH) {
                    addTo(answer.graphs(), rows);
                    continue;
                }
                Row row = new Row(
                        rows.getInt(1),
                        new StepKey(rows.getObject(2, UUID.class), rows.getInt(3)),
                        rows.getInt(4),
                        rows.getInt(5),
                        rows.getInt(6),
                        rows.getInt(7),
                        rows.getInt(8),
                        rows.getInt(9));
                if (row.kind() == KIND_REFUSED) {
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

    private static void bindGrowths(PreparedStatement call, List<Operate> commands) throws SQLException {
        GrowthColumns columns = new GrowthColumns();
        for (Operate command : commands) {
            Expansion expansion = command.expansion();
            if (expansion != null) {
                columns.add(command.step(), null, expansion);
            }
        }
        columns.bind(call, PARAMETERS + 1);
    }

    private static void addTo(CurrentGraphs graphs, ResultSet row) throws SQLException {
        int batchStep = row.getInt(6);
        boolean none = row.wasNull();
        graphs.add(
                row.getObject(2, UUID.class),
                row.getInt(5),
                row.getInt(3),
                row.getInt(8),
                row.getInt(7),
                none ? null : batchStep);
    }

    @Override
    public void apply(List<Operate> commands, Answer answer, long batchNumber, boolean repeated) {
        for (Operate command : commands) {
            Expansion expansion = command.expansion();
            if (expansion != null && answer.acted(command.step())) {
                expander.grown(command.task(), expansion); // before the payload of a task that ends is forgotten
            }
        }
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
            Expansion expansion = command.expansion();
            TaskGraph graph = expansion == null ? null : answer.graphs().of(command.task());
            if (expansion == null || graph == null) {
                command.answer().complete(outcome(command, answer, repeated));
            } else {
                plannedAnew(command, expansion, graph);
            }
        }
    }

    private void plannedAnew(Operate command, Expansion expansion, TaskGraph graph) {
        expander.known(command.task(), graph);
        try {
            again.accept(command.with(expander.again(expansion, graph)));
        } catch (InvalidOutcomeException e) {
            command.answer().complete(OperatorIntake.refused(e));
        } catch (EngineException e) {
            command.fail(e);
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
        aftermath.taskEntered(row.key().task(), state);
        if (state.isTerminal()) {
            payloads.remove(row.key().task());
        }
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
