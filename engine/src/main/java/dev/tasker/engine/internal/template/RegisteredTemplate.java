package dev.tasker.engine.internal.template;

import dev.tasker.template.PlannedStep;
import dev.tasker.template.TemplatePlan;
import java.util.UUID;

/**
 * A template document in the database with its compiled plan. Immutable.
 *
 * @param queueIds interned queue by step index
 */
public record RegisteredTemplate(int templateId, UUID namedTaskUuid, TemplatePlan plan, int[] queueIds) {

    /** The queue in which {@code step} waits. */
    public int queueOf(PlannedStep step) {
        return queueIds[step.index()];
    }
}
