package dev.tasker.engine.internal.template;

import dev.tasker.engine.internal.graph.TaskGraph;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.StepType;
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
 * @param initialGraph what a task begins with
 * @param contract what is wanted of contexts, null: they are not looked at
 */
public record RegisteredTemplate(
        int templateId,
        UUID namedTaskUuid,
        TemplatePlan plan,
        List<RunnableStep> steps,
        List<RunnableStep> roots,
        TaskGraph initialGraph,
        @Nullable ContextContract contract) {

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

    /** Works out what the hot path asks of a stored document. */
    static RegisteredTemplate of(int templateId, UUID named, TemplatePlan plan, Map<String, Integer> queueIds) {
        List<RunnableStep> steps = new ArrayList<>();
        for (PlannedStep step : plan.steps()) {
            int[] ancestors = step.ancestors().stream()
                    .filter(ancestor -> !isBatchWorker(plan, ancestor)
                            && (!step.initial() || plan.steps().get(ancestor).initial()))
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
                    step.ancestors().stream()
                            .filter(ancestor -> isBatchWorker(plan, ancestor))
                            .toArray(),
                    step.children().stream()
                            .filter(child -> !isBatchWorker(plan, child))
                            .toArray(),
                    step.definition().handler().initialization().toString()));
        }
        List<RunnableStep> roots = steps.stream()
                .filter(step -> step.planned().initial()
                        && step.planned().initialParents().isEmpty())
                .toList();
        return new RegisteredTemplate(
                templateId,
                named,
                plan,
                List.copyOf(steps),
                roots,
                TaskGraph.initial(plan),
                ContextContract.of(plan.template()));
    }

    private static boolean isBatchWorker(TemplatePlan plan, int index) {
        return plan.steps().get(index).type() == StepType.BATCH_WORKER;
    }

    static int queueId(Map<String, Integer> queueIds, PlannedStep step) {
        return Objects.requireNonNull(queueIds.get(step.callable()), step.callable());
    }
}
