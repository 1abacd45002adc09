package dev.tasker.client;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task that waits.
 *
 * @param stalenessThresholdMinutes after which it is stale
 * @param healthStatus {@code healthy}, {@code warning} from 80 % of the threshold, {@code stale}
 */
public record StaleTask(
        UUID taskUuid,
        @Nullable String namespaceName,
        @Nullable String taskName,
        TaskState currentState,
        int timeInStateMinutes,
        int taskAgeMinutes,
        int stalenessThresholdMinutes,
        String healthStatus,
        int priority) {}
