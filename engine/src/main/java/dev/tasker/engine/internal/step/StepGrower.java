package dev.tasker.engine.internal.step;

import dev.tasker.engine.internal.graph.GraphPlanner;
import dev.tasker.engine.internal.graph.Growth;
import dev.tasker.engine.internal.graph.Growth.Edge;
import dev.tasker.engine.internal.graph.Growth.Gain;
import dev.tasker.engine.internal.graph.Growth.NewStep;
import dev.tasker.engine.internal.graph.InvalidOutcomeException;
import dev.tasker.engine.internal.graph.TaskGraph;
import dev.tasker.engine.internal.graph.TaskGraph.Instances;
import dev.tasker.engine.internal.lane.BatchCall;
import dev.tasker.engine.internal.lane.Command.Complete;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.task.PayloadCache;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
    private final GraphPlanner planner;
    private final PayloadCache payloads;
    private final Consumer<Complete> again;

    /** @param again queues a result once more */
    public StepGrower(StepCompleter completer, GraphPlanner planner, PayloadCache payloads, Consumer<Complete> again) {
        this.completer = completer;
        this.planner = planner;
        this.payloads = payloads;
        this.again = again;
    }

    /** Results ready to be written; {@code postponed} are of tasks that another result of the batch adds to. */
    public record Prepared(StepCompleter.Prepared completion, List<Complete> growing, List<Complete> postponed) {}

    /** What the database answered, with the graphs of tasks for which a growth came too late. */
    public record Answer(StepCompleter.Answer completion, Map<UUID, TaskGraph> graphs) {}

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
                new Answer(StepCompleter.Answer.expecting(prepared.growing().size()), new HashMap<>());
        try (PreparedStatement call = connection.prepareStatement(CALL)) {
            StepCompleter.bind(call, prepared.completion(), batchNumber);
            int next = new Columns(prepared.growing()).bind(call);
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

    /** One step, or the instances of one batch. */
    private static void addTo(Map<UUID, TaskGraph> graphs, ResultSet row) throws SQLException {
        UUID task = row.getObject(2, UUID.class);
        int version = row.getInt(5);
        TaskGraph known = graphs.getOrDefault(task, new TaskGraph(version, new BitSet(), List.of()));
        int batchStep = row.getInt(7);
        if (row.wasNull()) {
            known.present().set(row.getInt(3));
            graphs.put(task, known);
            return;
        }
        List<Instances> batches = new ArrayList<>(known.batches());
        batches.add(new Instances(batchStep, row.getInt(6), row.getInt(3), row.getInt(4)));
        graphs.put(task, new TaskGraph(version, known.present(), batches));
    }

    @Override
    public void apply(Prepared prepared, Answer answer, long batchNumber, boolean repeated) {
        for (Complete command : prepared.growing()) {
            Expansion expansion = command.expansion();
            if (expansion != null && answer.completion().accepts(command.step())) {
                payloads.grown(command.task(), expansion.growth());
            }
        }
        completer.apply(
                prepared.completion().without(answer.graphs().keySet()), answer.completion(), batchNumber, repeated);
        for (Complete command : prepared.growing()) {
            TaskGraph graph = answer.graphs().get(command.task());
            if (graph != null) {
                payloads.known(command.task(), graph);
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
            Growth growth = planner.plan(expansion.template().plan(), graph, expansion.decider(), expansion.outcome());
            return command.with(
                    growth == null
                            ? null
                            : new Expansion(expansion.template(), expansion.decider(), expansion.outcome(), growth),
                    null);
        } catch (InvalidOutcomeException e) {
            return command.with(null, ResultIntake.refusal(e));
        }
    }

    @Override
    public void abandon(Prepared prepared) {
        completer.abandon(prepared.completion());
    }

    /** The growths of a batch as the arrays of the call. */
    private static final class Columns {
        private final List<UUID> tasks = new ArrayList<>();
        private final Ints steps = new Ints();
        private final Ints tokens = new Ints();
        private final Ints versions = new Ints();

        private final List<UUID> newTasks = new ArrayList<>();
        private final Ints newSteps = new Ints();
        private final Ints queues = new Ints();
        private final Ints templateSteps = new Ints();
        private final Ints batchSteps = new Ints();
        private final Ints retryable = new Ints();
        private final Ints attemptsMax = new Ints();
        private final Ints parents = new Ints();
        private final List<@Nullable String> children = new ArrayList<>();
        private final List<@Nullable String> names = new ArrayList<>();
        private final List<@Nullable String> inputs = new ArrayList<>();

        private final List<UUID> edgeTasks = new ArrayList<>();
        private final Ints edgesFrom = new Ints();
        private final Ints edgesTo = new Ints();
        private final Ints barriers = new Ints();

        private final List<UUID> gainTasks = new ArrayList<>();
        private final Ints gainSteps = new Ints();
        private final Ints gainParents = new Ints();

        private final List<UUID> slotTasks = new ArrayList<>();
        private final Ints slotSteps = new Ints();
        private final Ints slotsLast = new Ints();
        private final Ints slotsNext = new Ints();

        private Columns(List<Complete> commands) {
            for (Complete command : commands) {
                Expansion expansion = command.expansion();
                if (expansion != null) {
                    add(command, expansion);
                }
            }
        }

        private void add(Complete command, Expansion expansion) {
            Growth growth = expansion.growth();
            UUID task = command.task();
            tasks.add(task);
            steps.add(command.step().index());
            tokens.add(command.token());
            versions.add(growth.version());
            for (NewStep step : growth.steps()) {
                newTasks.add(task);
                newSteps.add(step.index());
                queues.add(expansion
                        .template()
                        .steps()
                        .get(step.definition().index())
                        .queueId());
                templateSteps.add(step.definition().index());
                batchSteps.add(step.batchStep() == null ? Ints.NONE : step.batchStep());
                retryable.add(step.definition().retry().retryable() ? 1 : 0);
                attemptsMax.add(step.definition().retry().maxAttempts());
                parents.add(step.parents());
                children.add(text(step.children()));
                names.add(step.name());
                inputs.add(step.inputs());
            }
            for (Edge edge : growth.edges()) {
                edgeTasks.add(task);
                edgesFrom.add(edge.from());
                edgesTo.add(edge.to());
                barriers.add(edge.barrier() ? 1 : 0);
            }
            for (Gain gain : growth.gains()) {
                gainTasks.add(task);
                gainSteps.add(gain.step());
                gainParents.add(gain.parents());
            }
            Instances instances = growth.instances();
            if (instances != null) {
                slotTasks.add(task);
                slotSteps.add(instances.batchStep());
                slotsLast.add(instances.last());
                slotsNext.add(instances.first() + growth.openInstances());
            }
        }

        private static @Nullable String text(int[] children) {
            if (children.length == 0) {
                return null;
            }
            StringBuilder text = new StringBuilder("{");
            for (int child : children) {
                text.append(text.length() == 1 ? "" : ",").append(child);
            }
            return text.append('}').toString();
        }

        /** Binds the growths; the number of the next parameter. */
        private int bind(PreparedStatement call) throws SQLException {
            int next = StepCompleter.PARAMETERS + 1;
            SqlArrays.setUuids(call, next++, tasks);
            for (Ints column : List.of(steps, tokens, versions)) {
                column.bind(call, next++);
            }
            SqlArrays.setUuids(call, next++, newTasks);
            for (Ints column : List.of(newSteps, queues, templateSteps, batchSteps, retryable, attemptsMax, parents)) {
                column.bind(call, next++);
            }
            SqlArrays.setTexts(call, next++, children);
            SqlArrays.setTexts(call, next++, names);
            SqlArrays.setTexts(call, next++, inputs);
            SqlArrays.setUuids(call, next++, edgeTasks);
            for (Ints column : List.of(edgesFrom, edgesTo, barriers)) {
                column.bind(call, next++);
            }
            SqlArrays.setUuids(call, next++, gainTasks);
            gainSteps.bind(call, next++);
            gainParents.bind(call, next++);
            SqlArrays.setUuids(call, next++, slotTasks);
            slotSteps.bind(call, next++);
            slotsLast.bind(call, next++);
            slotsNext.bind(call, next++);
            return next;
        }
    }

    /** A growing array of ints. */
    private static final class Ints {
        private static final int NONE = -1;

        private int[] values = new int[16];
        private int size;

        private void add(int value) {
            if (size == values.length) {
                values = java.util.Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        private void bind(PreparedStatement call, int parameter) throws SQLException {
            SqlArrays.setInts(call, parameter, java.util.Arrays.copyOf(values, size), NONE);
        }
    }
}
