package dev.tasker.engine.internal.graph;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a decision or a batchable step asks for in its result (02 §6.3, §7.2). */
public sealed interface Outcome {

    /** Nothing was said: go on as with no branches, or no batches. */
    record Unsaid() implements Outcome {}

    /** Go on without any branch. */
    record NoBranches() implements Outcome {}

    /** Create the steps of these names, each named once. */
    record CreateSteps(List<String> names) implements Outcome {
        public CreateSteps {
            names = List.copyOf(names);
        }
    }

    /** There is nothing to process. */
    record NoBatches() implements Outcome {}

    /** Create one instance of a worker template for each cursor. */
    record CreateBatches(String workerTemplate, List<Cursor> cursors) implements Outcome {
        public CreateBatches {
            cursors = List.copyOf(cursors);
        }
    }

    /**
     * The part of the work one instance does.
     *
     * @param document the cursor as the handler wrote it
     */
    record Cursor(String batchId, JsonNode document) {}
}
