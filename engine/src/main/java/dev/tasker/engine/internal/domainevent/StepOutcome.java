package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.RunnableStep;
import java.util.UUID;

/**
 * The attempt that an outcome ended, as its events tell of it.
 *
 * @param name the step's own name, that of a batch instance for example
 */
public record StepOutcome(
        StepKey step,
        RegisteredTemplate template,
        RunnableStep definition,
        String name,
        int attempt,
        UUID correlationId) {}
