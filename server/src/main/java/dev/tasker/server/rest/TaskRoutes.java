package dev.tasker.server.rest;

import dev.tasker.engine.TaskFilter;
import dev.tasker.engine.TaskOrder;
import dev.tasker.engine.TaskPage;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskView;
import dev.tasker.server.api.TaskFollowing;
import dev.tasker.server.api.TaskOperations;
import dev.tasker.server.api.TaskOperations.Admitted;
import dev.tasker.server.security.Permission;
import dev.tasker.server.telemetry.TraceContext;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks (03 §1.5). */
final class TaskRoutes {
    private static final Logger log = LoggerFactory.getLogger(TaskRoutes.class);

    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
    private static final HeaderName PREFER = HeaderNames.create("Prefer");
    private static final Pattern PREFERRED_WAIT = Pattern.compile("(?:^|[,;\\s])wait=(\\d{1,9})(?:$|[,;\\s])");
    private static final long WAIT_SECONDS = 30;

    private final TaskOperations tasks;
    private final TaskFollowing following;
    private final TimeLimit timeLimit;
    private final Duration waitMax;

    /** @param requestTimeout after which a request is given up; long polls are answered before */
    TaskRoutes(TaskOperations tasks, TaskFollowing following, TimeLimit timeLimit, Duration requestTimeout) {
        this.tasks = tasks;
        this.following = following;
        this.timeLimit = timeLimit;
        this.waitMax = requestTimeout.multipliedBy(9).dividedBy(10);
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", "/v1/tasks", Permission.TASKS_CREATE, this::create),
                Route.of("GET", "/v1/tasks", Permission.TASKS_LIST, this::list),
                Route.of("GET", "/v1/tasks/{uuid}", Permission.TASKS_READ, this::task),
                Route.of("DELETE", "/v1/tasks/{uuid}", Permission.TASKS_CANCEL, this::cancel),
                Route.of("GET", "/v1/tasks/{uuid}/summary", Permission.TASKS_READ, this::summary),
                Route.of("GET", "/v1/tasks/{uuid}/wait", Permission.TASKS_READ, this::await),
                Route.of("GET", "/v1/tasks/{uuid}/timeline", Permission.TASKS_READ, this::timeline),
                Route.of("POST", "/v1/tasks/{uuid}/reopen", Permission.TASKS_CONTROL, this::reopen),
                Route.of("GET", "/v1/tasks/{uuid}/why", Permission.TASKS_READ, this::why));
    }

    private Reply create(Call call) throws InterruptedException {
        Optional<String> key = call.header(IDEMPOTENCY_KEY).filter(text -> !text.isBlank());
        TaskRequest request = CreateTaskBody.parse(call.jsonBody(), key).withTraceparent(TraceContext.current());
        OptionalLong wait = preferredWait(call);
        Admitted admitted = timeLimit.call(() -> tasks.create(request, key.isPresent(), call.principal()));
        if (!admitted.replayed()) {
            logCreation(admitted.task());
        }
        Reply reply = wait.isEmpty() || !call.principal().may(Permission.TASKS_READ)
                ? Reply.ok(TaskJson.task(admitted.task()))
                : rested(admitted.task().taskUuid(), wait.getAsLong());
        return admitted.replayed() ? reply.with("Idempotent-Replayed", "true") : reply;
    }

    private static void logCreation(TaskView task) {
        log.atInfo() // beside the request's id, which the thread has
                .addKeyValue("correlation_id", task.correlationId())
                .addKeyValue("task_uuid", task.taskUuid())
                .addKeyValue("namespace", task.namespace())
                .addKeyValue("operation", "create_task")
                .addKeyValue("task_name", task.name())
                .log("Task created");
    }

    private Reply list(Call call) throws InterruptedException {
        TaskFilter filter = TaskListQuery.filter(call);
        TaskOrder order = TaskListQuery.order(call);
        if (call.query("cursor").isPresent() || call.query("limit").isPresent()) {
            if (!order.equals(TaskOrder.NEWEST_FIRST)) {
                throw new RefusedException(
                        Problem.badRequest("sort: there are no cursors in this order (expected: page and per_page)"));
            }
            long limit = call.wholeNumber("limit", Call.U32_MAX).orElse((long) TaskOperations.PER_PAGE);
            UUID cursor = cursor(call);
            boolean total = call.flag("include_total").orElse(cursor == null);
            TaskPage page = timeLimit.call(() -> tasks.after(filter, cursor, limit));
            return Reply.ok(TaskJson.page(page, limit, total));
        }
        long page = call.wholeNumber("page", Call.U32_MAX).orElse(1L);
        long perPage = call.wholeNumber("per_page", Call.U32_MAX).orElse((long) TaskOperations.PER_PAGE);
        return Reply.ok(TaskJson.page(timeLimit.call(() -> tasks.list(filter, order, page, perPage))));
    }

    private Reply task(Call call) throws InterruptedException {
        UUID taskUuid = uuid(call);
        return Reply.ok(TaskJson.task(timeLimit.call(() -> tasks.task(taskUuid))));
    }

    private Reply cancel(Call call) throws InterruptedException {
        UUID taskUuid = uuid(call);
        String reason = call.text("reason").orElse(null);
        TaskView task = timeLimit.call(() -> tasks.cancel(taskUuid, reason, call.principal()));
        return Reply.ok(TaskJson.task(task));
    }

    /** What {@code Prefer: wait=N} asks for (RFC 7240); whatever else is preferred is not honoured. */
    private static OptionalLong preferredWait(Call call) {
        Matcher wait = PREFERRED_WAIT.matcher(call.header(PREFER).orElse(""));
        return wait.find() ? OptionalLong.of(Long.parseLong(wait.group(1))) : OptionalLong.empty();
    }

    private Reply await(Call call) throws InterruptedException {
        UUID taskUuid = uuid(call);
        return rested(taskUuid, call.wholeNumber("timeout", Call.U32_MAX).orElse(WAIT_SECONDS));
    }

    /** A task that has ended or waits for a person, else as it is after so many seconds, or as many as there are. */
    private Reply rested(UUID taskUuid, long seconds) throws InterruptedException {
        Duration asked = Duration.ofSeconds(seconds);
        Duration granted = asked.compareTo(waitMax) < 0 ? asked : waitMax;
        TaskView task = timeLimit.call(() -> following.rested(taskUuid, granted));
        return Reply.ok(TaskJson.task(task)).with("Preference-Applied", "wait=" + granted.toSeconds());
    }

    private Reply timeline(Call call) throws InterruptedException {
        UUID taskUuid = uuid(call);
        return Reply.ok(ChangeJson.timeline(taskUuid, timeLimit.call(() -> following.timeline(taskUuid))));
    }

    private Reply reopen(Call call) throws InterruptedException {
        UUID taskUuid = uuid(call);
        JsonBody body = JsonBody.parse(call.jsonBody());
        String reason = body.requiredText("reason");
        body.requireNoFaults();
        return Reply.ok(TaskJson.task(timeLimit.call(() -> tasks.reopen(taskUuid, reason, call.principal()))));
    }

    private Reply summary(Call call) throws InterruptedException {
        UUID taskUuid = uuid(call);
        return Reply.ok(SummaryJson.summary(timeLimit.call(() -> tasks.summary(taskUuid))));
    }

    private Reply why(Call call) throws InterruptedException {
        UUID taskUuid = uuid(call);
        return Reply.ok(ExplanationJson.explanation(timeLimit.call(() -> tasks.why(taskUuid))));
    }

    static UUID uuid(Call call) {
        String text = call.parameter("uuid");
        return Call.uuid(text).orElseThrow(() -> new RefusedException(Problem.invalidUuid(text)));
    }

    private static @Nullable UUID cursor(Call call) {
        return call.text("cursor")
                .map(text -> Call.uuid(text)
                        .orElseThrow(() -> new RefusedException(
                                Problem.badRequest("cursor: " + text + " (expected: a next_cursor)"))))
                .orElse(null);
    }
}
