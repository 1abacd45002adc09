package dev.tasker.server.rest;

import dev.tasker.server.api.StepOperations;
import dev.tasker.server.api.StepOperations.ManualAction;
import dev.tasker.server.security.Permission;
import java.util.List;
import java.util.UUID;

/** Steps of a task (03 §1.6). */
final class StepRoutes {
    private static final String STEPS = "/v1/tasks/{uuid}/workflow_steps";
    private static final String STEP = STEPS + "/{step_uuid}";

    private final StepOperations steps;
    private final TimeLimit timeLimit;

    StepRoutes(StepOperations steps, TimeLimit timeLimit) {
        this.steps = steps;
        this.timeLimit = timeLimit;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", STEPS, Permission.STEPS_READ, this::list),
                Route.of("GET", STEP, Permission.STEPS_READ, this::step),
                Route.of("PATCH", STEP, Permission.STEPS_RESOLVE, this::act),
                Route.of("GET", STEP + "/audit", Permission.STEPS_READ, this::audit));
    }

    private Reply list(Call call) throws InterruptedException {
        UUID task = task(call);
        return Reply.ok(StepJson.steps(timeLimit.call(() -> steps.list(task))));
    }

    private Reply step(Call call) throws InterruptedException {
        UUID task = task(call);
        UUID step = step(call, "step_uuid");
        return Reply.ok(StepJson.step(timeLimit.call(() -> steps.step(task, step))));
    }

    private Reply act(Call call) throws InterruptedException {
        UUID task = task(call);
        UUID step = step(call, "step_uuid");
        ManualAction action = ManualActionBody.parse(call.jsonBody());
        return Reply.ok(StepJson.step(timeLimit.call(() -> steps.act(task, step, action, call.principal()))));
    }

    private Reply audit(Call call) throws InterruptedException {
        UUID task = task(call);
        UUID step = step(call, "step_uuid");
        return Reply.ok(StepJson.audit(timeLimit.call(() -> steps.audit(task, step))));
    }

    private static UUID task(Call call) {
        return Call.uuid(call.parameter("uuid"))
                .orElseThrow(() -> new RefusedException(Problem.badRequest("Invalid task UUID format")));
    }

    private static UUID step(Call call, String name) {
        return Call.uuid(call.parameter(name))
                .orElseThrow(() -> new RefusedException(Problem.badRequest("Invalid step UUID format")));
    }
}
