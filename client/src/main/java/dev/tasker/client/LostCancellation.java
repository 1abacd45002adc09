package dev.tasker.client;

import java.util.UUID;

/** A cancellation that was refused because it had been done before: by an attempt whose answer was lost. */
final class LostCancellation {
    private LostCancellation() {}

    /** The task, when an earlier attempt may have cancelled it and it is cancelled; otherwise the refusal stands. */
    static Task found(Tasks tasks, UUID task, TaskerException.Validation refused) throws InterruptedException {
        if (refused.attempts() > 1) {
            Task found = tasks.get(task);
            if (found.status() == TaskState.CANCELLED) {
                return found;
            }
        }
        throw refused;
    }
}
