package dev.tasker.worker.batch;

import dev.tasker.worker.StepContext;
import dev.tasker.worker.ValidationStepException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a convergence step finds behind it (02 §7.4). */
public sealed interface BatchScenario {

    /** The batchable step found nothing to cut into ranges. */
    record NoBatches(JsonNode batchableResult) implements BatchScenario {}

    /**
     * Batch workers have run.
     *
     * @param batchableResult what the ranges were made by
     * @param results of the workers by step name, in order of name
     */
    record WithBatches(JsonNode batchableResult, Map<String, JsonNode> results) implements BatchScenario {

        public int workerCount() {
            return results.size();
        }
    }

    /**
     * Looks at the results of all ancestors; fails for good when they do not fit.
     *
     * @param workerPrefix how the names of all workers begin, such as {@code process_batch_}
     */
    static BatchScenario detect(StepContext context, String batchableStep, String workerPrefix) {
        JsonNode batchable = context.dependencyResult(batchableStep);
        if (batchable == null) {
            throw new ValidationStepException("Missing batchable step dependency: " + batchableStep);
        }
        @Nullable JsonNode type = batchable.path(Batches.OUTCOME).get("type");
        if (type != null && Batches.NO_BATCHES.equals(type.asString(""))) {
            return new NoBatches(batchable);
        }
        Map<String, JsonNode> results = context.allDependencyResults(workerPrefix);
        if (results.isEmpty()) {
            throw new ValidationStepException("results of steps " + workerPrefix
                    + "*: none (expected: one at least, for " + batchableStep + " created batches)");
        }
        return new WithBatches(batchable, results);
    }
}
