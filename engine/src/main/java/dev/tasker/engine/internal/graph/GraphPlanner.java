package dev.tasker.engine.internal.graph;

import dev.tasker.engine.GraphConfig;
import dev.tasker.engine.internal.graph.InvalidOutcomeException.Kind;
import dev.tasker.engine.internal.graph.Outcome.CreateBatches;
import dev.tasker.engine.internal.graph.Outcome.CreateSteps;
import dev.tasker.engine.internal.graph.Outcome.NoBatches;
import dev.tasker.engine.internal.graph.Outcome.NoBranches;
import dev.tasker.engine.internal.graph.Outcome.Unsaid;
import dev.tasker.template.BatchConfig;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.StepType;
import dev.tasker.template.TemplatePlan;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Works out what an outcome adds to a task, from the template and what the task has already (01 §1.14, 02 §6.5, §7.3). Pure and thread-safe.
 * Costs one walk over the template.
 */
public final class GraphPlanner {
    private static final String WORKER_TEMPLATE = "worker_template_name";

    private final GraphConfig config;

    public GraphPlanner(GraphConfig config) {
        this.config = config;
    }

    /** What {@code outcome} of the step {@code decider} adds to the task, null when it adds nothing. */
    public @Nullable Growth plan(TemplatePlan plan, TaskGraph graph, PlannedStep decider, Outcome outcome)
            throws InvalidOutcomeException {
        return switch (outcome) {
            case NoBranches() -> null;
            case Unsaid() -> decider.type() == StepType.BATCHABLE ? placeholder(plan, graph, decider) : null;
            case CreateSteps(var names) -> config.decisions() ? branches(plan, graph, decider, names) : null;
            case NoBatches() -> placeholder(plan, graph, decider);
            case CreateBatches batches -> batches(plan, graph, decider, batches);
        };
    }

    /**
     * What an operator should know of an outcome that is carried out: it is missing, or comes near a limit (02 §6.3, §6.5 point 2). Null
     * when there is nothing to know.
     */
    public @Nullable OutcomeWarning warning(TemplatePlan plan, PlannedStep decider, Outcome outcome) {
        if (outcome instanceof Outcome.Unsaid) {
            return new OutcomeWarning(
                    OutcomeWarning.Subject.MISSING_OUTCOME,
                    "the result of '" + decider.name() + "' has no "
                            + (decider.type() == StepType.DECISION
                                    ? "decision_point_outcome (taken as no_branches)"
                                    : "batch_processing_outcome (taken as no_batches)"));
        }
        if (!(outcome instanceof CreateSteps(var names))) {
            return null;
        }
        if (names.size() >= config.decisionStepsWarn()) {
            return new OutcomeWarning(
                    OutcomeWarning.Subject.STEP_COUNT,
                    "decision '" + decider.name() + "' names " + names.size() + " steps (limit: "
                            + config.decisionStepsMax() + ")");
        }
        int depth = depth(plan, decider);
        return depth < config.decisionDepthWarn()
                ? null
                : new OutcomeWarning(
                        OutcomeWarning.Subject.DEPTH,
                        "decision '" + decider.name() + "' is number " + depth + " on its path (limit: "
                                + config.decisionDepthMax() + ")");
    }

    private @Nullable Growth branches(TemplatePlan plan, TaskGraph graph, PlannedStep decision, List<String> names)
            throws InvalidOutcomeException {
        if (names.size() > config.decisionStepsMax()) {
            throw new InvalidOutcomeException(
                    Kind.LIMIT_EXCEEDED,
                    "decision '" + decision.name() + "' names " + names.size() + " steps (expected: at most "
                            + config.decisionStepsMax() + ", decision_points.max_steps_per_decision)");
        }
        int depth = depth(plan, decision);
        if (depth > config.decisionDepthMax()) {
            throw new InvalidOutcomeException(
                    Kind.LIMIT_EXCEEDED,
                    "decision '" + decision.name() + "' is number " + depth + " on its path (expected: at most "
                            + config.decisionDepthMax() + ", decision_points.max_decision_depth)");
        }
        BitSet segment = segment(plan, decision);
        GrowthBuilder builder = new GrowthBuilder(plan, graph, decision);
        Deque<PlannedStep> walk = new ArrayDeque<>();
        for (String name : names) {
            PlannedStep step = plan.step(name)
                    .orElseThrow(() -> new InvalidOutcomeException(
                            Kind.STEP_NOT_FOUND,
                            "decision '" + decision.name() + "' names '" + name
                                    + "' (expected: a step of the template)"));
            if (!segment.get(step.index()) || step.type() == StepType.BATCH_WORKER) {
                throw new InvalidOutcomeException(
                        Kind.INVALID_DESCENDANT,
                        "decision '" + decision.name() + "' names '" + name + "' (expected: one of "
                                + plan.steps().stream()
                                        .filter(other ->
                                                segment.get(other.index()) && other.type() != StepType.BATCH_WORKER)
                                        .map(PlannedStep::name)
                                        .toList()
                                + ", the steps between it and the next decisions)");
            }
            builder.create(step);
            walk.add(step);
        }
        while (!walk.isEmpty()) {
            PlannedStep step = walk.remove();
            if (step.type() == StepType.DECISION) {
                continue; // what lies behind is for it to say
            }
            step.children().forEach(index -> {
                PlannedStep child = plan.steps().get(index);
                if (follows(plan, decision, child) && builder.create(child)) {
                    walk.add(child);
                }
            });
        }
        return builder.build();
    }

    /** Whether a step is created because one before it is: convergence and batch workers have rules of their own (02 §6.5). */
    private static boolean follows(TemplatePlan plan, PlannedStep decision, PlannedStep step) {
        return switch (step.type()) {
            case DEFERRED_CONVERGENCE, BATCH_WORKER -> false;
            case STANDARD, DECISION, BATCHABLE -> GrowthBuilder.isLeftToNobodyElse(plan, decision, step);
        };
    }

    /** Steps between a decision and the next decisions, those included (02 §6.4). */
    private static BitSet segment(TemplatePlan plan, PlannedStep decision) {
        BitSet segment = new BitSet();
        Deque<PlannedStep> walk = new ArrayDeque<>();
        walk.add(decision);
        while (!walk.isEmpty()) {
            walk.remove().children().forEach(index -> {
                PlannedStep child = plan.steps().get(index);
                if (!segment.get(index)) {
                    segment.set(index);
                    if (child.type() != StepType.DECISION) {
                        walk.add(child);
                    }
                }
            });
        }
        return segment;
    }

    /** How many decisions lie on the longest path to and with this one. */
    static int depth(TemplatePlan plan, PlannedStep decision) {
        int[] depths = new int[plan.steps().size()];
        for (PlannedStep step : plan.topologicalOrder()) {
            int before =
                    step.parents().stream().map(parent -> depths[parent]).max().orElse(0);
            depths[step.index()] = before + (step.type() == StepType.DECISION ? 1 : 0);
        }
        return depths[decision.index()];
    }

    private @Nullable Growth batches(TemplatePlan plan, TaskGraph graph, PlannedStep batchable, CreateBatches outcome)
            throws InvalidOutcomeException {
        if (alreadyCut(graph, batchable)) {
            return null;
        }
        PlannedStep worker = worker(plan, batchable, outcome.workerTemplate());
        GrowthBuilder builder = new GrowthBuilder(plan, graph, batchable);
        builder.createInstances(
                worker, parallel(worker, batchable), BatchInstances.of(plan, worker, batchable, outcome));
        return builder.build();
    }

    /** Without work one instance runs in place of all, so that its convergence runs too (02 §7.3). */
    private @Nullable Growth placeholder(TemplatePlan plan, TaskGraph graph, PlannedStep batchable)
            throws InvalidOutcomeException {
        JsonNode name = batchable.definition().handler().initialization().path(WORKER_TEMPLATE);
        if (!name.isString() || alreadyCut(graph, batchable)) {
            return null;
        }
        PlannedStep worker = worker(plan, batchable, name.stringValue());
        GrowthBuilder builder = new GrowthBuilder(plan, graph, batchable);
        builder.createInstances(worker, 1, List.of(BatchInstances.placeholder(plan, worker, batchable)));
        return builder.build();
    }

    private static boolean alreadyCut(TaskGraph graph, PlannedStep batchable) {
        return graph.batches().stream().anyMatch(batch -> batch.batchStep() == batchable.index());
    }

    private static PlannedStep worker(TemplatePlan plan, PlannedStep batchable, String name)
            throws InvalidOutcomeException {
        PlannedStep worker = plan.step(name)
                .orElseThrow(() -> new InvalidOutcomeException(
                        Kind.STEP_NOT_FOUND,
                        WORKER_TEMPLATE + ": '" + name + "' (expected: a batch_worker of the template)"));
        if (worker.type() != StepType.BATCH_WORKER) {
            throw new InvalidOutcomeException(
                    Kind.INVALID_TEMPLATE,
                    WORKER_TEMPLATE + ": '" + name + "' is of type "
                            + worker.type().name().toLowerCase(Locale.ROOT) + " (expected: batch_worker)");
        }
        if (batchable.ancestors().contains(worker.index())) {
            throw new InvalidOutcomeException(
                    Kind.CYCLE_DETECTED, "'" + batchable.name() + "' -> '" + name + "' closes a cycle");
        }
        return worker;
    }

    private int parallel(PlannedStep worker, PlannedStep batchable) {
        BatchConfig stated = BatchInstances.config(worker, batchable);
        int most = config.parallelInstancesMax();
        return stated == null ? most : Math.min(stated.parallelism(), most);
    }
}
