package dev.tasker.engine.internal.step;

import dev.tasker.engine.internal.graph.Growth;
import dev.tasker.engine.internal.graph.Outcome;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.template.PlannedStep;

/** A growth of a task's graph, with what it is worked out from when another growth came first. */
public record Expansion(RegisteredTemplate template, PlannedStep decider, Outcome outcome, Growth growth) {

    /** How many steps it adds. */
    public int size() {
        return growth.steps().size();
    }
}
