package dev.tasker.engine.internal.step;

import dev.tasker.engine.GraphMetrics;
import dev.tasker.engine.internal.graph.GraphPlanner;
import dev.tasker.engine.internal.graph.Growth;
import dev.tasker.engine.internal.graph.InvalidOutcomeException;
import dev.tasker.engine.internal.graph.Outcome;
import dev.tasker.engine.internal.graph.OutcomeParser;
import dev.tasker.engine.internal.graph.OutcomeWarning;
import dev.tasker.engine.internal.graph.TaskGraph;
import dev.tasker.engine.internal.task.PayloadCache;
import dev.tasker.engine.internal.task.TaskPayload;
import dev.tasker.engine.internal.task.TaskReader.Definition;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.StepType;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works out what the result of a decision or batchable step adds to its task (02 §6.5, §7.3), whoever supplied it: for the graph this node
 * supposes first, and anew for the one the database tells when that was another. Counts what it sees. Thread-safe.
 */
public final class StepExpander {
    private static final Logger log = LoggerFactory.getLogger(StepExpander.class);

    private final GraphPlanner planner;
    private final PayloadCache payloads;
    private final GraphCounters counters = new GraphCounters();

    public StepExpander(GraphPlanner planner, PayloadCache payloads) {
        this.planner = planner;
        this.payloads = payloads;
    }

    /** Whether results of the step can add to its task. A batch instance is not the step that its definition describes. */
    static boolean decides(StepKey step, PlannedStep definition) {
        return step.index() == definition.index()
                && (definition.type() == StepType.DECISION || definition.type() == StepType.BATCHABLE);
    }

    /** What a success with this result document adds to the task of {@code step}, null when it adds nothing. */
    public @Nullable Expansion expand(StepKey step, Definition definition, String document)
            throws InvalidOutcomeException {
        PlannedStep decider = definition.step().planned();
        if (!decides(step, decider)) {
            return null;
        }
        RegisteredTemplate template = definition.template();
        long began = System.nanoTime();
        try {
            Outcome outcome = decider.type() == StepType.DECISION
                    ? OutcomeParser.decision(document)
                    : OutcomeParser.batches(document);
            Growth growth = planner.plan(template.plan(), graph(step.task(), template), decider, outcome);
            warn(step.task(), template, decider, outcome);
            counters.processed(decider.name(), outcome, System.nanoTime() - began);
            return growth == null ? null : new Expansion(template, decider, outcome, growth);
        } catch (InvalidOutcomeException e) {
            counters.refused(decider.name(), e);
            throw e;
        }
    }

    /** The same expansion for another graph of the task, null when nothing is left to add. */
    public @Nullable Expansion again(Expansion expansion, TaskGraph graph) throws InvalidOutcomeException {
        try {
            Growth growth = planner.plan(expansion.template().plan(), graph, expansion.decider(), expansion.outcome());
            return growth == null
                    ? null
                    : new Expansion(expansion.template(), expansion.decider(), expansion.outcome(), growth);
        } catch (InvalidOutcomeException e) {
            counters.refused(expansion.decider().name(), e);
            throw e;
        }
    }

    /** The steps of the task are as the expansion says. */
    public void grown(UUID task, Expansion expansion) {
        counters.added(expansion.decider().name(), expansion.growth().steps().size());
        payloads.grown(task, expansion.growth());
    }

    /** The graph of the task is another one than this node supposed. */
    public void known(UUID task, TaskGraph graph) {
        payloads.known(task, graph);
    }

    public List<Instrument> instruments() {
        return counters.instruments();
    }

    public GraphMetrics metrics() {
        return counters.snapshot();
    }

    private void warn(UUID task, RegisteredTemplate template, PlannedStep decider, Outcome outcome) {
        OutcomeWarning warning = planner.warning(template.plan(), decider, outcome);
        if (warning != null) {
            counters.warned(warning.subject());
            log.warn("task {}: {}", task, warning.text());
        }
    }

    /** The graph as far as this node knows; the database tells when another node knows more. */
    private TaskGraph graph(UUID task, RegisteredTemplate template) {
        TaskPayload payload = payloads.get(task);
        return payload == null ? template.initialGraph() : payload.graph();
    }
}
