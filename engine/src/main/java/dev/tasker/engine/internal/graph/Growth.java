package dev.tasker.engine.internal.graph;

import dev.tasker.engine.internal.graph.TaskGraph.Instances;
import dev.tasker.template.PlannedStep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Steps and edges that one outcome adds to a task (02 §6.5, §7.3).
 *
 * @param version of the graph it was made for
 * @param steps to add, in the order of their indices
 * @param edges that begin at a step which exists
 * @param gains steps which exist and get new steps as parents
 * @param instances of a batch worker among the steps, null when there are none
 * @param openInstances how many of the instances need not wait for a slot
 */
public record Growth(
        int version,
        List<NewStep> steps,
        List<Edge> edges,
        List<Gain> gains,
        @Nullable Instances instances,
        int openInstances) {

    /**
     * A step to add.
     *
     * @param definition the template's step it runs
     * @param parents how many of its parents are added too, or 1 for an instance that waits for its slot
     * @param children steps that depend on it, new ones and others; not to be modified
     * @param batchStep the batchable step that creates this instance, null for others
     * @param name null when it is the definition's
     * @param inputs JSON, null when they are the handler's initialization
     */
    @SuppressWarnings("ArrayRecordComponent") // written to the database, never compared
    public record NewStep(
            int index,
            PlannedStep definition,
            int parents,
            int[] children,
            @Nullable Integer batchStep,
            @Nullable String name,
            @Nullable String inputs) {}

    /**
     * An edge from a step that exists.
     *
     * @param barrier only holds {@code to} back until {@code from}, which may still add parents to it, is satisfied
     */
    public record Edge(int from, int to, boolean barrier) {}

    /** A step that exists and gets so many new steps as parents. */
    public record Gain(int step, int parents) {}

    public Growth {
        steps = List.copyOf(steps);
        edges = List.copyOf(edges);
        gains = List.copyOf(gains);
    }
}
