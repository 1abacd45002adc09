package dev.tasker.engine.internal.template;

import dev.tasker.engine.internal.graph.TaskGraph;
import dev.tasker.template.TemplatePlan;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A template document in the database with its compiled plan. Immutable.
 *
 * @param steps by step index
 * @param roots the steps that start with the task
 * @param initialGraph what a task begins with
 */
public record RegisteredTemplate(
        int templateId,
        UUID namedTaskUuid,
        TemplatePlan plan,
        List<RunnableStep> steps,
        List<RunnableStep> roots,
        TaskGraph initialGraph) {

    /** How many steps a task of this template begins with. */
    public int initialSteps() {
        return plan.initialSteps().size();
    }

    /** The step at {@code index}, null for an instance of a batch. */
    public @Nullable RunnableStep step(int index) {
        return index < steps.size() ? steps.get(index) : null;
    }

    /** The step of that name, null when there is none. */
    public @Nullable RunnableStep step(String name) {
        return plan.step(name).map(planned -> steps.get(planned.index())).orElse(null);
    }
}
