package dev.tasker.client;

import java.util.List;
import java.util.UUID;

/** Over REST. */
final class RestSteps implements Steps {
    private final RestCalls calls;

    RestSteps(RestCalls calls) {
        this.calls = calls;
    }

    @Override
    public List<Step> list(UUID task) throws InterruptedException {
        return calls.callForList(Request.get(path(task)), Step.class);
    }

    @Override
    public Step get(UUID task, UUID step) throws InterruptedException {
        return calls.call(Request.get(Paths.of(path(task), step)), Step.class);
    }

    @Override
    public List<StepAudit> audit(UUID task, UUID step) throws InterruptedException {
        return calls.callForList(Request.get(Paths.of(path(task), step, "audit")), StepAudit.class);
    }

    @Override
    public Step act(UUID task, UUID step, StepAction action) throws InterruptedException {
        return calls.call(Request.send("PATCH", Paths.of(path(task), step), action.toJson()), Step.class);
    }

    private static String path(UUID task) {
        return Paths.of("/v1/tasks", task, "workflow_steps");
    }
}
