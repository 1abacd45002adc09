package dev.tasker.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Over REST. */
final class RestTasks implements Tasks {
    private static final String ROOT = "/v1/tasks";
    private static final Duration WAIT_STEP = Duration.ofSeconds(20);
    private static final Duration LOOK_FIRST = Duration.ofMillis(250);
    private static final Duration LOOK_MAX = Duration.ofSeconds(5);

    private final RestCalls calls;

    RestTasks(RestCalls calls) {
        this.calls = calls;
    }

    @Override
    public Task create(CreateTask task) throws InterruptedException {
        Request request = Request.send("POST", ROOT, task.toJson());
        String key = task.idempotencyKey();
        return calls.call(
                key == null ? request : request.with("Idempotency-Key", key).in(Manner.READ), Task.class);
    }

    @Override
    public Task get(UUID task) throws InterruptedException {
        return calls.call(Request.get(path(task)), Task.class);
    }

    @Override
    public TaskPage list(TaskQuery query, int page, int perPage) throws InterruptedException {
        Map<String, Object> parameters = new LinkedHashMap<>(query.conditions());
        parameters.put("page", page);
        parameters.put("per_page", perPage);
        return calls.call(Request.get(Paths.withQuery(ROOT, parameters)), TaskPage.class);
    }

    @Override
    public TaskPage after(TaskQuery query, @Nullable String cursor, int limit) throws InterruptedException {
        Map<String, Object> parameters = new LinkedHashMap<>(query.conditions());
        parameters.put("limit", limit);
        if (cursor != null) {
            parameters.put("cursor", cursor);
        }
        return calls.call(Request.get(Paths.withQuery(ROOT, parameters)), TaskPage.class);
    }

    @Override
    public Stream<Task> stream(TaskQuery query) {
        return TaskPages.stream(
                last -> after(query, last == null ? null : last.pagination().nextCursor(), TaskPages.PAGE));
    }

    @Override
    public Task cancel(UUID task, @Nullable String reason) throws InterruptedException {
        String path = reason == null ? path(task) : Paths.withQuery(path(task), Map.of("reason", reason));
        try {
            return calls.call(Request.delete(path), Task.class);
        } catch (TaskerException.Validation e) {
            return LostCancellation.found(this, task, e);
        }
    }

    @Override
    public TaskSummary summary(UUID task) throws InterruptedException {
        return calls.call(Request.get(path(task) + "/summary"), TaskSummary.class);
    }

    @Override
    public TaskExplanation why(UUID task) throws InterruptedException {
        return calls.call(Request.get(path(task) + "/why"), TaskExplanation.class);
    }

    @Override
    public TaskTimeline timeline(UUID task) throws InterruptedException {
        return calls.call(Request.get(path(task) + "/timeline"), TaskTimeline.class);
    }

    @Override
    public Task await(UUID task, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Task found = waited(task, limit);
        while (found != null && !found.status().isResting() && deadline - System.nanoTime() > 0) {
            found = waited(task, Duration.ofNanos(deadline - System.nanoTime()));
        }
        return found == null ? polled(task, deadline) : found;
    }

    @Override
    public TaskEvents watch(UUID task) {
        return new RestTaskEvents(calls, path(task) + "/events");
    }

    @Override
    public Task retry(UUID task, String reason) throws InterruptedException {
        return calls.call(Request.send("POST", path(task) + "/retry", reason(reason)), Task.class);
    }

    @Override
    public Task reopen(UUID task, String reason) throws InterruptedException {
        return calls.call(Request.send("POST", path(task) + "/reopen", reason(reason)), Task.class);
    }

    @Override
    public BulkResult cancel(Selection tasks, @Nullable String reason, boolean dryRun) throws InterruptedException {
        return many("cancel", tasks, reason, dryRun);
    }

    @Override
    public BulkResult retry(Selection tasks, @Nullable String reason, boolean dryRun) throws InterruptedException {
        return many("retry", tasks, reason, dryRun);
    }

    private BulkResult many(String what, Selection tasks, @Nullable String reason, boolean dryRun)
            throws InterruptedException {
        ObjectNode body = Json.MAPPER.createObjectNode().put("reason", reason).put("dry_run", dryRun);
        tasks.write(body);
        return calls.call(Request.send("POST", ROOT + "/bulk/" + what, body.toString()), BulkResult.class);
    }

    /** What the server's own waiting finds; null when it does not know how to wait. */
    private @Nullable Task waited(UUID task, Duration limit) throws InterruptedException {
        Duration step = limit.compareTo(WAIT_STEP) < 0 ? limit : WAIT_STEP;
        long seconds = Math.max(0, (step.toMillis() + 999) / 1000);
        try {
            return calls.call(
                    Request.get(path(task) + "/wait?timeout=" + seconds)
                            .in(Manner.READ.withPatience(Duration.ofSeconds(seconds))),
                    Task.class);
        } catch (TaskerException.NotFound e) {
            get(task); // throws when it is the task that is not there
            return null;
        }
    }

    private Task polled(UUID task, long deadline) throws InterruptedException {
        Duration pause = LOOK_FIRST;
        while (true) {
            Task found = get(task);
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (found.status().isResting() || left.isNegative() || left.isZero()) {
                return found;
            }
            if (calls.repetition().pause(pause.compareTo(left) < 0 ? pause : left)) {
                return found;
            }
            pause = pause.multipliedBy(2).compareTo(LOOK_MAX) < 0 ? pause.multipliedBy(2) : LOOK_MAX;
        }
    }

    private static String reason(String reason) {
        return Json.MAPPER.createObjectNode().put("reason", reason).toString();
    }

    private static String path(UUID task) {
        return Paths.of(ROOT, task);
    }
}
