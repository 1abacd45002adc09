package dev.tasker.client;

import java.util.List;
import java.util.UUID;

/** Steps of tasks (03 §1.6). Thread-safe; get one from {@link TaskerClient#steps()}. */
public interface Steps {
    /** All steps of a task, in the order of their creation; empty when there is no such task. */
    List<Step> list(UUID task) throws InterruptedException;

    Step get(UUID task, UUID step) throws InterruptedException;

    /** What its attempts and operators did to it, newest first. */
    List<StepAudit> audit(UUID task, UUID step) throws InterruptedException;

    /**
     * Does to a step what no worker can do. The task goes on by itself.
     *
     * @throws TaskerException.Validation when its state does not allow it
     * @throws TaskerException.Conflict when it is over
     */
    Step act(UUID task, UUID step, StepAction action) throws InterruptedException;
}
