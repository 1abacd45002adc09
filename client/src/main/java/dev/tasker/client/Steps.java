package dev.tasker.client;

import java.util.List;
import java.util.UUID;

/** Steps of tasks (03 §1.6). Thread-safe; get one from {@link TaskerClient#steps()}. */
public final class Steps {
    private final Calls calls;

    Steps(Calls calls) {
        this.calls = calls;
    }

    /** All steps of a task, in the order of their creation; empty when there is no such task. */
    public List<Step> list(UUID task) throws InterruptedException {
        return calls.callForList(Request.get(path(task)), Step.class);
    }

    public Step get(UUID task, UUID step) throws InterruptedException {
        return calls.call(Request.get(Paths.of(path(task), step)), Step.class);
    }

    /** What its attempts and operators did to it, newest first. */
    public List<StepAudit> audit(UUID task, UUID step) throws InterruptedException {
        return calls.callForList(Request.get(Paths.of(path(task), step, "audit")), StepAudit.class);
    }

    /**
     * Does to a step what no worker can do. The task goes on by itself.
     *
     * @throws TaskerException.Validation when its state does not allow it
     * @throws TaskerException.Conflict when it is over
     */
    public Step act(UUID task, UUID step, StepAction action) throws InterruptedException {
        return calls.call(Request.send("PATCH", Paths.of(path(task), step), action.toJson()), Step.class);
    }

    private static String path(UUID task) {
        return Paths.of("/v1/tasks", task, "workflow_steps");
    }
}
