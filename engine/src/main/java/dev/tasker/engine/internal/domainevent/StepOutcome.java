package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.RunnableStep;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The attempt that events tell of.
 *
 * @param name the step's own name, that of a batch instance for example
 */
public record StepOutcome(
        StepKey step,
        RegisteredTemplate template,
        RunnableStep definition,
        String name,
        int attempt,
        UUID correlationId) {

    /** The attempt of a lease of this node; null while its assignment is not made. */
    static @Nullable StepOutcome ofHeld(StepKey step, Held held) {
        RegisteredTemplate template = held.template();
        Assignment assignment = held.assignment();
        if (template == null || assignment == null) {
            return null;
        }
        return new StepOutcome(
                step,
                template,
                definition(step, template, assignment),
                assignment.step().name(),
                assignment.attempt(),
                assignment.task().correlationId());
    }

    private static RunnableStep definition(StepKey step, RegisteredTemplate template, Assignment assignment) {
        String name = assignment.step().templateStepName();
        RunnableStep initial = template.step(step.index());
        if (initial != null && initial.planned().name().equals(name)) {
            return initial;
        }
        return template.steps().stream()
                .filter(candidate -> candidate.planned().name().equals(name))
                .findAny()
                .orElseThrow();
    }

    /** Whether the step's template declares events. */
    boolean declaresEvents() {
        return !definition.planned().definition().publishesEvents().isEmpty();
    }
}
