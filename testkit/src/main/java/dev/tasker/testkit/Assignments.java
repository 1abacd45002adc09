package dev.tasker.testkit;

import dev.tasker.engine.Assignment;
import java.util.List;

/** Assignments that arrived together. */
public record Assignments(List<Assignment> all) {
    public Assignments {
        all = List.copyOf(all);
    }

    /** The assignment of this step. */
    public Assignment of(String step) {
        return all.stream()
                .filter(assignment -> assignment.step().name().equals(step))
                .findFirst()
                .orElseThrow(() -> new AssertionError(step + " (expected: one of " + names() + ")"));
    }

    /** The steps' names in order of arrival. */
    public List<String> names() {
        return all.stream().map(assignment -> assignment.step().name()).toList();
    }
}
