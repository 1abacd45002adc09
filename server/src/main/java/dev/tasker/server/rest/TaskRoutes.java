package dev.tasker.server.rest;

import dev.tasker.engine.Creation;
import dev.tasker.engine.Engine;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskView;
import dev.tasker.server.security.Permission;
import dev.tasker.server.telemetry.TraceContext;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks and their steps (03 §1.5, §1.6). */
final class TaskRoutes {
    private static final Logger log = LoggerFactory.getLogger(TaskRoutes.class);

    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");

    private final Engine engine;
    private final TimeLimit timeLimit;

    TaskRoutes(Engine engine, TimeLimit timeLimit) {
        this.engine = engine;
        this.timeLimit = timeLimit;
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", "/v1/tasks", Permission.TASKS_CREATE, this::create),
                Route.of("GET", "/v1/tasks/{uuid}", Permission.TASKS_READ, this::task),
                Route.of("GET", "/v1/tasks/{uuid}/workflow_steps", Permission.STEPS_READ, this::steps));
    }

    private Reply create(Call call) throws InterruptedException {
        Optional<String> key = call.header(IDEMPOTENCY_KEY).filter(text -> !text.isBlank());
        TaskRequest request = CreateTaskBody.parse(call.jsonBody(), key).withTraceparent(TraceContext.current());
        return switch (timeLimit.await(engine.create(request))) {
            case Creation.Created(UUID taskUuid) -> {
                TaskView task = read(taskUuid);
                log.atInfo() // beside the request's id, which the thread has
                        .addKeyValue("correlation_id", task.correlationId())
                        .addKeyValue("task_uuid", taskUuid)
                        .addKeyValue("namespace", task.namespace())
                        .addKeyValue("operation", "create_task")
                        .addKeyValue("task_name", task.name())
                        .log("Task created");
                yield Reply.ok(TaskJson.task(task.withInitialSteps()));
            }
            case Creation.Duplicate(UUID taskUuid) -> {
                if (key.isEmpty()) {
                    boolean mayKnow = call.principal().may(Permission.TASKS_READ);
                    throw new RefusedException(Problem.identityTaken(mayKnow ? taskUuid : null));
                }
                yield Reply.ok(TaskJson.task(read(taskUuid))).with("Idempotent-Replayed", "true");
            }
        };
    }

    private Reply task(Call call) throws InterruptedException {
        String text = call.parameter("uuid");
        UUID taskUuid = Call.uuid(text).orElseThrow(() -> new RefusedException(Problem.invalidUuid(text)));
        return Reply.ok(TaskJson.task(read(taskUuid)));
    }

    private Reply steps(Call call) throws InterruptedException {
        UUID taskUuid = Call.uuid(call.parameter("uuid"))
                .orElseThrow(() -> new RefusedException(Problem.badRequest("Invalid task UUID format")));
        List<StepView> steps = timeLimit.call(() -> engine.steps(taskUuid));
        return Reply.ok(TaskJson.steps(steps));
    }

    private TaskView read(UUID taskUuid) throws InterruptedException {
        return timeLimit.call(() -> engine.task(taskUuid)).orElseThrow(() -> new RefusedException(Problem.NOT_FOUND));
    }
}
