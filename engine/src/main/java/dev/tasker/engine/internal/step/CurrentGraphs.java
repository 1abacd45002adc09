package dev.tasker.engine.internal.step;

import dev.tasker.engine.internal.graph.TaskGraph;
import dev.tasker.engine.internal.graph.TaskGraph.Instances;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The graphs of tasks for which a growth came too late, put together from the rows that tell them. Not thread-safe. */
public final class CurrentGraphs {
    private final Map<UUID, TaskGraph> graphs = new HashMap<>(0);

    /**
     * One step, or the instances of one batch.
     *
     * @param first step index
     * @param last the same, or that of the last instance
     * @param batchStep the batchable step of instances, null for another step
     */
    public void add(UUID task, int version, int first, int last, int templateStep, @Nullable Integer batchStep) {
        TaskGraph known = graphs.getOrDefault(task, new TaskGraph(version, new BitSet(), List.of()));
        if (batchStep == null) {
            known.present().set(first);
            graphs.put(task, known);
            return;
        }
        List<Instances> batches = new ArrayList<>(known.batches());
        batches.add(new Instances(batchStep, templateStep, first, last));
        graphs.put(task, new TaskGraph(version, known.present(), batches));
    }

    /** The graph of {@code task}, null when its growth was in time. */
    public @Nullable TaskGraph of(UUID task) {
        return graphs.get(task);
    }

    Set<UUID> tasks() {
        return graphs.keySet();
    }
}
