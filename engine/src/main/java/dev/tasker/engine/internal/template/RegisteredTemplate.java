package dev.tasker.engine.internal.template;

import dev.tasker.template.PlannedStep;
import dev.tasker.template.TemplatePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
    public @Nullable RunnableStep step(int index) {
        return index < steps.size() ? steps.get(index) : null;
    }

    /** Works out what the hot path asks of a stored document. */
    static RegisteredTemplate of(int templateId, UUID named, TemplatePlan plan, Map<String, Integer> queueIds) {
        List<RunnableStep> steps = new ArrayList<>();
        for (PlannedStep step : plan.steps()) {
            int[] ancestors = step.ancestors().stream()
                    .filter(ancestor -> plan.steps().get(ancestor).initial())
                    .toArray();
            List<String> names = new ArrayList<>();
            for (int ancestor : ancestors) {
                names.add(plan.steps().get(ancestor).name());
            }
            steps.add(new RunnableStep(
                    step,
                    queueId(queueIds, step),
                    ancestors,
                    List.copyOf(names),
                    step.initialChildren().toArray(),
                    step.definition().handler().initialization().toString()));
        }
        List<RunnableStep> roots = steps.stream()
                .filter(step -> step.planned().initial()
                        && step.planned().initialParents().isEmpty())
                .toList();
        return new RegisteredTemplate(templateId, named, plan, List.copyOf(steps), roots);
    }

    static int queueId(Map<String, Integer> queueIds, PlannedStep step) {
        return Objects.requireNonNull(queueIds.get(step.callable()), step.callable());
    }
}
