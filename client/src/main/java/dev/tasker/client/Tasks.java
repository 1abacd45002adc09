package dev.tasker.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Tasks (03 §1.5, §6.2). Thread-safe; get one from {@link TaskerClient#tasks()}. */
public final class Tasks {
    private static final String ROOT = "/v1/tasks";
    private static final Duration WAIT_STEP = Duration.ofSeconds(20);
    private static final Duration LOOK_FIRST = Duration.ofMillis(250);
    private static final Duration LOOK_MAX = Duration.ofSeconds(5);

    private final Calls calls;

    Tasks(Calls calls) {
        this.calls = calls;
    }

    /**
     * Creates a task; under an idempotency key, finds the one that is there already.
     *
     * @throws TaskerException.Conflict when a task of the same identity is there and no key was given
     * @throws TaskerException.Backpressure when the server has too much to do, even after the attempts of {@link RetryPolicy}
     */
    public Task create(CreateTask task) throws InterruptedException {
        Request request = Request.send("POST", ROOT, task.toJson());
        String key = task.idempotencyKey();
        return calls.call(
                key == null ? request : request.with("Idempotency-Key", key).thatIsRepeatable(), Task.class);
    }

    public Task get(UUID task) throws InterruptedException {
        return calls.call(Request.get(path(task)), Task.class);
    }

    /**
     * A page by its number.
     *
     * @param page from 1
     * @param perPage 1 to 100
     */
    public TaskPage list(TaskQuery query, int page, int perPage) throws InterruptedException {
        Map<String, Object> parameters = new LinkedHashMap<>(query.conditions());
        parameters.put("page", page);
        parameters.put("per_page", perPage);
        return calls.call(Request.get(Paths.withQuery(ROOT, parameters)), TaskPage.class);
    }

    /**
     * A page that tasks created meanwhile do not move; a deep one costs no more than the first.
     *
     * @param cursor {@code next_cursor} of the page before, null for the first page
     * @param limit 1 to 100
     */
    public TaskPage after(TaskQuery query, @Nullable String cursor, int limit) throws InterruptedException {
        Map<String, Object> parameters = new LinkedHashMap<>(query.conditions());
        parameters.put("limit", limit);
        if (cursor != null) {
            parameters.put("cursor", cursor);
        }
        return calls.call(Request.get(Paths.withQuery(ROOT, parameters)), TaskPage.class);
    }

    /**
     * Cancels a task and every step of it that is not over.
     *
     * @param reason for its history, null for none
     * @throws TaskerException.Validation when it is over already
     */
    public Task cancel(UUID task, @Nullable String reason) throws InterruptedException {
        String path = reason == null ? path(task) : Paths.withQuery(path(task), Map.of("reason", reason));
        try {
            return calls.call(Request.delete(path), Task.class);
        } catch (TaskerException.Validation e) {
            if (e.attempts() > 1) { // the answer to an attempt before may have been lost
                Task found = get(task);
                if (found.status() == TaskState.CANCELLED) {
                    return found;
                }
            }
            throw e;
        }
    }

    /** With the graph of its template. */
    public TaskSummary summary(UUID task) throws InterruptedException {
        return calls.call(Request.get(path(task) + "/summary"), TaskSummary.class);
    }

    /** Why it does not go on. */
    public TaskExplanation why(UUID task) throws InterruptedException {
        return calls.call(Request.get(path(task) + "/why"), TaskExplanation.class);
    }

    /** Its whole history. */
    public TaskTimeline timeline(UUID task) throws InterruptedException {
        return calls.call(Request.get(path(task) + "/timeline"), TaskTimeline.class);
    }

    /**
     * Waits until the task rests: is over, or waits for a person ({@link TaskState#isResting()}). The server holds the answer back; where
     * it cannot, the task is asked for again and again.
     *
     * @param limit how long to wait; the task is then returned as it is
     */
    public Task await(UUID task, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Task found = waited(task, limit);
        while (found != null && !found.status().isResting() && deadline - System.nanoTime() > 0) {
            found = waited(task, Duration.ofNanos(deadline - System.nanoTime()));
        }
        return found == null ? polled(task, deadline) : found;
    }

    /**
     * Follows a task from now on. Nothing is asked before the first event is.
     *
     * @return to be closed
     */
    public TaskEvents watch(UUID task) {
        return new TaskEvents(calls, path(task) + "/events");
    }

    /** Tries every failed step again; the rest is as it was. */
    public Task retry(UUID task, String reason) throws InterruptedException {
        return calls.call(Request.send("POST", path(task) + "/retry", reason(reason)), Task.class);
    }

    /** Puts a task that only waited too long back to work. */
    public Task reopen(UUID task, String reason) throws InterruptedException {
        return calls.call(Request.send("POST", path(task) + "/reopen", reason(reason)), Task.class);
    }

    /** Cancels many. */
    public BulkResult cancel(Selection tasks, @Nullable String reason, boolean dryRun) throws InterruptedException {
        return many("cancel", tasks, reason, dryRun);
    }

    /** Tries every failed step of many again. */
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
                    Request.get(path(task) + "/wait?timeout=" + seconds).withPatience(Duration.ofSeconds(seconds)),
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
            if (calls.pause(pause.compareTo(left) < 0 ? pause : left)) {
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
