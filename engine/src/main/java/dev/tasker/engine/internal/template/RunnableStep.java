package dev.tasker.engine.internal.template;

import dev.tasker.template.PlannedStep;
import java.util.List;

/**
 * A planned step with what the hot path asks of it, worked out once per template. The arrays are shared: not to be modified.
 *
 * @param queueId queue in which the step waits
 * @param ancestors indices of all transitive parents that exist from the start
 * @param ancestorNames their names, in the same order
 * @param children indices of the direct dependants that exist from the start
 * @param initialization the handler's initialization as JSON text
 */
@SuppressWarnings("ArrayRecordComponent") // looked up, never compared
public record RunnableStep(
        PlannedStep planned,
        int queueId,
        int[] ancestors,
        List<String> ancestorNames,
        int[] children,
        String initialization) {}
