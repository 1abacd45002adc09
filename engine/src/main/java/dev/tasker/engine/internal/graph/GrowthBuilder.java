package dev.tasker.engine.internal.graph;

import dev.tasker.engine.internal.graph.BatchInstances.Instance;
import dev.tasker.engine.internal.graph.Growth.Edge;
import dev.tasker.engine.internal.graph.Growth.Gain;
import dev.tasker.engine.internal.graph.Growth.NewStep;
import dev.tasker.engine.internal.graph.InvalidOutcomeException.Kind;
import dev.tasker.engine.internal.graph.TaskGraph.Instances;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.StepType;
import dev.tasker.template.TemplatePlan;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Collects the steps of one growth, closes over those that follow, and draws the edges (02 §6.5 points 4 d to 7, §6.6, §7.3). Every edge leads
 * onwards in the template's topological order, so no cycle can arise.
 */
final class GrowthBuilder {
    private static final int STEPS_MAX = 1_000_000; // an index has 20 bits in a step's uuid

    private final TemplatePlan plan;
    private final TaskGraph graph;
    private final PlannedStep decider;
    private final BitSet created = new BitSet();

    private @Nullable PlannedStep worker;
    private List<Instance> instances = List.of();
    private int open;

    private final Map<Integer, List<Integer>> childrenOfNew = new TreeMap<>();
    private final Map<Integer, Integer> newParents = new LinkedHashMap<>();
    private final List<Edge> edges = new ArrayList<>();

    GrowthBuilder(TemplatePlan plan, TaskGraph graph, PlannedStep decider) {
        this.plan = plan;
        this.graph = graph;
        this.decider = decider;
    }

    /** Adds a step of the template, unless the task has it; whether it did. */
    boolean create(PlannedStep step) {
        if (graph.present().get(step.index()) || created.get(step.index())) {
            return false;
        }
        created.set(step.index());
        return true;
    }

    /** Adds instances of a batch worker, of which only so many at a time may be on their way. */
    void createInstances(PlannedStep worker, int parallel, List<Instance> instances) {
        this.worker = worker;
        this.instances = instances;
        this.open = Math.min(parallel, instances.size());
    }

    /** A step that depends on another decision, which may still be open, is that decision's to create. */
    static boolean isLeftToNobodyElse(TemplatePlan plan, PlannedStep decider, PlannedStep step) {
        return step.parents().stream()
                .allMatch(parent -> plan.steps().get(parent).type() != StepType.DECISION
                        || parent == decider.index()
                        || decider.ancestors().contains(parent));
    }

    /** The growth, null when nothing is to be added. */
    @Nullable
    Growth build() throws InvalidOutcomeException {
        close();
        if (created.isEmpty() && instances.isEmpty()) {
            return null;
        }
        int first = graph.nextIndex(plan);
        if (first + instances.size() > STEPS_MAX) {
            throw new InvalidOutcomeException(
                    Kind.LIMIT_EXCEEDED,
                    "task would have " + (first + instances.size()) + " steps (expected: at most " + STEPS_MAX + ")");
        }
        created.stream().forEach(index -> childrenOfNew.put(index, new ArrayList<>()));
        IntStream.range(0, instances.size()).forEach(i -> childrenOfNew.put(first + i, new ArrayList<>()));
        drawInstances(first);
        created.stream().mapToObj(plan.steps()::get).forEach(step -> drawParents(step, first));
        graph.present().stream()
                .mapToObj(plan.steps()::get)
                .filter(step -> step.type() == StepType.DEFERRED_CONVERGENCE)
                .forEach(step -> drawNewParents(step, first));
        return new Growth(
                graph.version(),
                newSteps(first),
                edges,
                newParents.entrySet().stream()
                        .filter(entry -> graph.present().get(entry.getKey()))
                        .map(entry -> new Gain(entry.getKey(), entry.getValue()))
                        .toList(),
                worker == null
                        ? null
                        : new Instances(decider.index(), worker.index(), first, first + instances.size() - 1),
                open);
    }

    /** Adds convergence steps with a parent among the new steps, and what lies behind them once all its parents are there. */
    private void close() {
        BitSet beyond = new BitSet();
        for (PlannedStep step : plan.topologicalOrder()) {
            boolean joins = switch (step.type()) {
                case BATCH_WORKER -> false;
                case DEFERRED_CONVERGENCE -> step.parents().stream().anyMatch(this::isNew);
                case STANDARD, DECISION, BATCHABLE ->
                    step.parents().stream().anyMatch(beyond::get)
                            && step.parents().stream().allMatch(this::exists)
                            && isLeftToNobodyElse(plan, decider, step);
            };
            if (joins) {
                create(step);
            }
            if (created.get(step.index()) && (joins || step.type() == StepType.DEFERRED_CONVERGENCE)) {
                beyond.set(step.index());
            }
        }
    }

    private boolean isNew(int index) {
        return created.get(index) || (worker != null && worker.index() == index);
    }

    private boolean exists(int index) {
        return isNew(index)
                || graph.present().get(index)
                || graph.batches().stream().anyMatch(batch -> batch.templateStep() == index);
    }

    private void drawInstances(int first) {
        if (worker == null) {
            return;
        }
        for (int i = 0; i < instances.size(); i++) {
            int index = first + i;
            if (i < open) {
                edges.add(new Edge(decider.index(), index, false));
            } else {
                newParents.merge(index, 1, Integer::sum); // its slot
            }
            worker.parents().stream()
                    .filter(parent ->
                            parent != decider.index() && graph.present().get(parent))
                    .forEach(parent -> edges.add(new Edge(parent, index, false)));
        }
    }

    /** Draws all edges to a new step. */
    private void drawParents(PlannedStep step, int first) {
        boolean converges = step.type() == StepType.DEFERRED_CONVERGENCE;
        int[] drawn = {0};
        boolean[] missing = {false};
        step.parents().forEach(parent -> {
            int edgesBefore = drawn[0];
            if (graph.present().get(parent)) {
                edges.add(new Edge(parent, step.index(), false));
                drawn[0]++;
            }
            for (Instances batch : graph.batches()) {
                for (int index = batch.first(); batch.templateStep() == parent && index <= batch.last(); index++) {
                    edges.add(new Edge(index, step.index(), false));
                    drawn[0]++;
                }
            }
            drawn[0] += drawNew(parent, step, first);
            missing[0] |= drawn[0] == edgesBefore;
        });
        boolean standsIn = !converges && missing[0] && !step.parents().contains(decider.index());
        if (standsIn || drawn[0] == 0) {
            edges.add(new Edge(decider.index(), step.index(), false));
        }
        if (converges) {
            holdBack(step, true);
        }
    }

    /** Draws edges from new steps to a convergence step that exists. */
    private void drawNewParents(PlannedStep convergence, int first) {
        convergence.parents().forEach(parent -> drawNew(parent, convergence, first));
        holdBack(convergence, false);
    }

    private int drawNew(int parent, PlannedStep step, int first) {
        if (created.get(parent)) {
            drawFromNew(parent, step.index());
            return 1;
        }
        if (worker != null && worker.index() == parent) {
            IntStream.range(first, first + instances.size()).forEach(index -> drawFromNew(index, step.index()));
            return instances.size();
        }
        return 0;
    }

    private void drawFromNew(int from, int to) {
        Objects.requireNonNull(childrenOfNew.get(from)).add(to);
        newParents.merge(to, 1, Integer::sum);
    }

    /** While a step that exists may still create a parent of a convergence step, it is a parent itself (02 §6.6). */
    private void holdBack(PlannedStep convergence, boolean isNew) {
        int[] missing =
                convergence.parents().stream().filter(parent -> !exists(parent)).toArray();
        if (missing.length == 0) {
            return;
        }
        for (PlannedStep step : plan.steps()) {
            boolean creates = step.type() == StepType.DECISION || step.type() == StepType.BATCHABLE;
            if (!creates
                    || step.index() == decider.index()
                    || convergence.parents().contains(step.index())
                    || IntStream.of(missing)
                            .noneMatch(parent ->
                                    plan.steps().get(parent).ancestors().contains(step.index()))) {
                continue;
            }
            if (created.get(step.index())) {
                drawFromNew(step.index(), convergence.index());
            } else if (isNew && graph.present().get(step.index())) {
                edges.add(new Edge(step.index(), convergence.index(), true));
            }
        }
    }

    private List<NewStep> newSteps(int first) {
        List<NewStep> steps = new ArrayList<>(childrenOfNew.size());
        childrenOfNew.forEach((index, children) -> {
            int parents = newParents.getOrDefault(index, 0);
            int[] ownChildren = children.stream().mapToInt(Integer::intValue).toArray();
            if (worker != null && index >= first) {
                Instance instance = instances.get(index - first);
                steps.add(new NewStep(
                        index, worker, parents, ownChildren, decider.index(), instance.name(), instance.inputs()));
            } else {
                steps.add(new NewStep(index, plan.steps().get(index), parents, ownChildren, null, null, null));
            }
        });
        return steps;
    }
}
