package dev.tasker.engine.internal.graph;

import dev.tasker.template.PlannedStep;
import dev.tasker.template.TemplatePlan;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which steps of its template a task has. Immutable.
 *
 * @param version how often steps were added at run time
 * @param present indices of template steps that exist in the task; not to be modified
 * @param batches instances of batch workers, in order of creation
 */
public record TaskGraph(int version, BitSet present, List<Instances> batches) {

    /**
     * Instances that one outcome created, at consecutive step indices.
     *
     * @param batchStep the batchable step
     * @param templateStep the batch worker they are instances of
     */
    public record Instances(int batchStep, int templateStep, int first, int last) {
        int count() {
            return last - first + 1;
        }
    }

    public TaskGraph {
        batches = List.copyOf(batches);
    }

    /** What a task of this template begins with. */
    public static TaskGraph initial(TemplatePlan plan) {
        BitSet present = new BitSet();
        plan.initialSteps().stream().mapToInt(PlannedStep::index).forEach(present::set);
        return new TaskGraph(0, present, List.of());
    }

    /** The graph after a growth that was made for this one. */
    public TaskGraph plus(Growth growth) {
        BitSet grown = (BitSet) present.clone();
        List<Instances> all = new ArrayList<>(batches);
        growth.steps().stream().filter(step -> step.batchStep() == null).forEach(step -> grown.set(step.index()));
        if (growth.instances() != null) {
            all.add(growth.instances());
        }
        return new TaskGraph(version + 1, grown, all);
    }

    /** The index of the next step that stands at no index of the template. */
    int nextIndex(TemplatePlan plan) {
        return batches.stream()
                .mapToInt(batch -> batch.last() + 1)
                .max()
                .orElse(plan.steps().size());
    }
}
