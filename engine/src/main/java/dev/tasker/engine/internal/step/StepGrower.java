package dev.tasker.engine.internal.step;

import dev.tasker.engine.internal.graph.InvalidOutcomeException;
import dev.tasker.engine.internal.graph.TaskGraph;
import dev.tasker.engine.internal.lane.BatchCall;
import dev.tasker.engine.internal.lane.Command.Complete;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Records results that add steps to their tasks, at most one per task and call. A growth is worked out for a graph this node knows or
 * supposes; where the task's graph turns out to be another one, the answer tells it, and the result is queued again with a growth for that.
 */
public final class StepGrower implements BatchCall<Complete, StepGrower.Prepared, StepGrower.Answer> {
    private static final String CALL = """
        SELECT kind, task_uuid, step_index, state, token, attempts, queue_id, priority, session_id
        FROM   tasker.grow_and_complete(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                                        ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                                        ?, ?, ?, ?, ?, ?, ?)
        """;

    private static final int KIND_GRAPH = 4;

    private final StepCompleter completer;
    private final StepExpander expander;
    private final Consumer<Complete> again;

    /** @param again queues a result once more */
    public StepGrower(StepCompleter completer, StepExpander expander, Consumer<Complete> again) {
        this.completer = completer;
        this.expander = expander;
        this.again = again;
    }

    /** Results ready to be written; {@code postponed} are of tasks that another result of the batch adds to. */
    public record Prepared(StepCompleter.Prepared completion, List<Complete> growing, List<Complete> postponed) {}

    /** What the database answered, with the graphs of tasks for which a growth came too late. */
    public record Answer(StepCompleter.Answer completion, CurrentGraphs graphs) {}

    @Override
    public Prepared prepare(List<Complete> commands) {
        List<Complete> growing = new ArrayList<>(commands.size());
        List<Complete> postponed = new ArrayList<>(0);
        Set<UUID> tasks = HashSet.newHashSet(commands.size());
        for (Complete command : commands) {
            (tasks.add(command.task()) ? growing : postponed).add(command);
        }
        return new Prepared(completer.prepare(growing), growing, postponed);
    }

    @Override
    public Answer execute(Connection connection, Prepared prepared, long batchNumber) throws SQLException {
        Answer answer =
                new Answer(StepCompleter.Answer.expecting(prepared.growing().size()), new CurrentGraphs());
        try (PreparedStatement call = connection.prepareStatement(CALL)) {
            StepCompleter.bind(call, prepared.completion(), batchNumber);
            int next = columns(prepared.growing()).bind(call, StepCompleter.PARAMETERS + 1);
            StepCompleter.bindEvents(call, next, prepared.completion());
            ResultSet rows = call.executeQuery();
            while (rows.next()) {
                if (rows.getInt(1) == KIND_GRAPH) {
                    addTo(answer.graphs(), rows);
                } else {
                    answer.completion().add(rows, prepared.completion());
                }
            }
        }
        StepCompleter.readRefused(connection, prepared.growing(), answer.completion());
        return answer;
    }

    private static GrowthColumns columns(List<Complete> commands) {
        GrowthColumns columns = new GrowthColumns();
        for (Complete command : commands) {
            Expansion expansion = command.expansion();
            if (expansion != null) {
                columns.add(command.step(), command.token(), expansion);
            }
        }
        return columns;
    }

    private static void addTo(CurrentGraphs graphs, ResultSet row) throws SQLException {
        int batchStep = row.getInt(7);
        boolean none = row.wasNull();
        graphs.add(
                row.getObject(2, UUID.class),
                row.getInt(5),
                row.getInt(3),
                row.getInt(4),
                row.getInt(6),
                none ? null : batchStep);
    }

    @Override
    public void apply(Prepared prepared, Answer answer, long batchNumber, boolean repeated) {
        for (Complete command : prepared.growing()) {
            Expansion expansion = command.expansion();
            if (expansion != null && answer.completion().accepts(command.step())) {
                expander.grown(command.task(), expansion);
            }
        }
        completer.apply(
                prepared.completion().without(answer.graphs().tasks()), answer.completion(), batchNumber, repeated);
        for (Complete command : prepared.growing()) {
            TaskGraph graph = answer.graphs().of(command.task());
            if (graph != null) {
                expander.known(command.task(), graph);
                again.accept(replanned(command, graph));
            }
        }
        prepared.postponed().forEach(again);
    }

    private Complete replanned(Complete command, TaskGraph graph) {
        Expansion expansion = command.expansion();
        if (expansion == null) {
            return command;
        }
        try {
            return command.with(expander.again(expansion, graph), null);
        } catch (InvalidOutcomeException e) {
            return command.with(null, ResultIntake.refusal(e));
        }
    }

    @Override
    public void abandon(Prepared prepared) {
        completer.abandon(prepared.completion());
    }
}
