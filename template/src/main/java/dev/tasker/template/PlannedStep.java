package dev.tasker.template;

import java.util.OptionalLong;

/**
 * A step and its neighbourhood in the static graph of its {@link TemplatePlan}.
 *
 * @param index position in {@link TemplatePlan#steps()}
 * @param level length of the longest path from a step without parents, 0 for such a step
 * @param initial whether the step exists from the start of its task (spec 02 §6.2)
 * @param parents the direct dependencies
 * @param children the steps that depend on this one directly
 * @param initialParents those parents that exist from the start
 * @param initialChildren those children that exist from the start
 * @param ancestors all dependencies at any distance; a handler sees their results (spec 06 §8.3)
 */
public record PlannedStep(
        int index,
        StepDefinition definition,
        int level,
        boolean initial,
        StepIndices parents,
        StepIndices children,
        StepIndices initialParents,
        StepIndices initialChildren,
        StepIndices ancestors) {

    /** The step's name, unique in its template. */
    public String name() {
        return definition.name();
    }

    /** The address of its handler. */
    public String callable() {
        return definition.handler().callable();
    }

    /** Its part in the graph. */
    public StepType type() {
        return definition.type();
    }

    /** Whether and when it is tried again. */
    public RetryPolicy retry() {
        return definition.retry();
    }

    /** The time limit of an attempt: 0 is none, empty leaves it to the worker ({@link StepDefinition#timeoutMillis}). */
    public OptionalLong timeoutMillis() {
        return definition.timeoutMillis();
    }
}
