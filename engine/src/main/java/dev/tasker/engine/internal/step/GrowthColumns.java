package dev.tasker.engine.internal.step;

import dev.tasker.engine.internal.graph.Growth;
import dev.tasker.engine.internal.graph.Growth.Edge;
import dev.tasker.engine.internal.graph.Growth.Gain;
import dev.tasker.engine.internal.graph.Growth.NewStep;
import dev.tasker.engine.internal.graph.TaskGraph.Instances;
import dev.tasker.engine.internal.sql.SqlArrays;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Growths of tasks as the array parameters of the calls that write them. Not thread-safe. */
public final class GrowthColumns {
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

    /** Adds what {@code decider} adds to its task by the attempt with this token; null: by the decision of an operator. */
    public void add(StepKey decider, @Nullable Integer token, Expansion expansion) {
        Growth growth = expansion.growth();
        UUID task = decider.task();
        tasks.add(task);
        steps.add(decider.index());
        tokens.add(token == null ? Ints.NONE : token);
        versions.add(growth.version());
        for (NewStep step : growth.steps()) {
            newTasks.add(task);
            newSteps.add(step.index());
            queues.add(
                    expansion.template().steps().get(step.definition().index()).queueId());
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

    /** Binds the growths from parameter {@code first} on; the number of the parameter behind them. */
    public int bind(PreparedStatement call, int first) throws SQLException {
        int next = first;
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

    /** A growing array of ints. */
    private static final class Ints {
        private static final int NONE = -1;

        private int[] values = new int[16];
        private int size;

        private void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        private void bind(PreparedStatement call, int parameter) throws SQLException {
            SqlArrays.setInts(call, parameter, Arrays.copyOf(values, size), NONE);
        }
    }
}
