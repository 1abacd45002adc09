package dev.tasker.engine;

import java.util.UUID;

/**
 * How near a task is to being stale for its time in a state (01 §3.7). Minutes are whole ones.
 *
 * @param thresholdMinutes of its template, else the configured one
 */
public record TaskStaleness(
        UUID taskUuid,
        String namespace,
        String taskName,
        TaskState state,
        int minutesInState,
        int ageMinutes,
        int thresholdMinutes,
        Health health,
        int priority) {

    /** Below 80 % of the threshold, from there on, and from 100 % on. */
    public enum Health {
        HEALTHY,
        WARNING,
        STALE
    }
}
