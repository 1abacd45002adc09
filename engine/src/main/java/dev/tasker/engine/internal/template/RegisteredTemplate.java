package dev.tasker.engine.internal.template;

import dev.tasker.template.TemplatePlan;
import java.util.List;
import java.util.UUID;

/**
 * A template document in the database with its compiled plan. Immutable.
 *
 * @param steps by step index
 * @param roots the steps that start with the task
 */
public record RegisteredTemplate(
        int templateId, UUID namedTaskUuid, TemplatePlan plan, List<RunnableStep> steps, List<RunnableStep> roots) {

    /** How many steps a task of this template begins with. */
    public int initialSteps() {
        return plan.initialSteps().size();
    }

    /** The step at {@code index}, null for one that was created later. */
    public @org.jspecify.annotations.Nullable RunnableStep step(int index) {
        return index < steps.size() ? steps.get(index) : null;
    }
}
