package dev.tasker.engine.internal.template;

import dev.tasker.template.PlannedStep;
import java.util.List;

/**
 * A planned step with what the hot path asks of it, worked out once per template. The arrays are shared: not to be modified.
 *
 * @param queueId queue in which the step waits
 * @param ancestors indices of all transitive parents, those which exist from the start for a step that does too; batch workers are not
 *     among them
 * @param ancestorNames their names, in the same order
 * @param batchAncestors indices of the batch workers among the transitive parents, whose instances run in their place
 * @param children indices of the direct dependants, whether they exist or not, without batch workers
 * @param initialization the handler's initialization as JSON text
 */
@SuppressWarnings("ArrayRecordComponent") // looked up, never compared
public record RunnableStep(
        PlannedStep planned,
        int queueId,
        int[] ancestors,
        List<String> ancestorNames,
        int[] batchAncestors,
        int[] children,
        String initialization) {}
