package dev.tasker.engine.internal.state;

/**
 * How the steps of a task stand when an event occurs: what the guards of {@link TaskStateMachine} look at. A step in state {@code pending} or
 * {@code cancelled} is in the total only.
 *
 * @param satisfied in {@code complete} or {@code resolved_manually}
 * @param ready may start now
 * @param active enqueued, in progress, or with a result to be confirmed
 * @param waitingForRetry in {@code waiting_for_retry}
 * @param failed in {@code error}
 */
public record StepCounts(int total, int satisfied, int ready, int active, int waitingForRetry, int failed) {

    /** Whether nothing but the time of a retry brings the task on. */
    boolean onlyRetriesRemain() {
        return waitingForRetry >= 1 && ready == 0 && active == 0 && failed == 0;
    }

    boolean allSatisfied() {
        return total >= 1 && satisfied == total;
    }
}
