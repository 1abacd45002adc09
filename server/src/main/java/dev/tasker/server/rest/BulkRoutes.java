package dev.tasker.server.rest;

import dev.tasker.engine.TaskFilter;
import dev.tasker.engine.TaskSearch;
import dev.tasker.engine.TaskState;
import dev.tasker.server.api.BulkOperations;
import dev.tasker.server.api.BulkOperations.Result;
import dev.tasker.server.api.BulkOperations.Selection;
import dev.tasker.server.api.TaskStateWords;
import dev.tasker.server.json.JsonWriter;
import dev.tasker.server.security.Permission;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Many tasks at once (03 §6.2), and the repair of one task as a whole. */
final class BulkRoutes {
    private static final String RETRIED = "Retried through the API";
    private static final String CONTEXT = "context.";

    /** A condition that is not understood would let in more tasks than were meant. */
    private static final Set<String> FILTERS = Set.of(
            "namespace",
            "name",
            "version",
            "status",
            "state",
            "initiator",
            "source_system",
            "tag",
            "created_after",
            "created_before",
            "updated_after",
            "updated_before",
            "correlation_id",
            "parent_correlation_id",
            "priority_min",
            "priority_max",
            "q");

    private final BulkOperations bulk;
    private final TimeLimit timeLimit;

    BulkRoutes(BulkOperations bulk, TimeLimit timeLimit) {
        this.bulk = bulk;
        this.timeLimit = timeLimit;
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", "/v1/tasks/bulk/cancel", Permission.TASKS_CANCEL, this::cancel),
                Route.of("POST", "/v1/tasks/bulk/retry", Permission.STEPS_RESOLVE, this::retry),
                Route.of("POST", "/v1/tasks/{uuid}/retry", Permission.STEPS_RESOLVE, this::retryOne));
    }

    private Reply cancel(Call call) throws InterruptedException {
        JsonBody body = JsonBody.parse(call.jsonBody());
        Selection selection = selection(body);
        String reason = body.optionalText("reason");
        boolean dryRun = body.optionalFlag("dry_run");
        body.requireNoFaults();
        return reply(timeLimit.call(() -> bulk.cancel(selection, reason, dryRun, call.principal())));
    }

    private Reply retry(Call call) throws InterruptedException {
        JsonBody body = JsonBody.parse(call.jsonBody());
        Selection selection = selection(body);
        String reason = body.optionalText("reason");
        boolean dryRun = body.optionalFlag("dry_run");
        body.requireNoFaults();
        return reply(timeLimit.call(
                () -> bulk.retry(selection, reason == null ? RETRIED : reason, dryRun, call.principal())));
    }

    private Reply retryOne(Call call) throws InterruptedException {
        UUID task = TaskRoutes.uuid(call);
        JsonBody body = JsonBody.parse(call.jsonBody());
        String reason = body.optionalText("reason");
        body.requireNoFaults();
        return Reply.ok(TaskJson.task(
                timeLimit.call(() -> bulk.retry(task, reason == null ? RETRIED : reason, call.principal()))));
    }

    private static Selection selection(JsonBody body) {
        List<String> named = body.optionalList("task_uuids");
        JsonBody filter = body.optionalObject("filter");
        if ((named == null) == (filter == null)) {
            body.fault("task_uuids", "one of task_uuids and filter is wanted (expected: exactly one)");
        }
        if (filter != null) {
            return new Selection.Filtered(filter(filter));
        }
        Set<UUID> tasks = new LinkedHashSet<>();
        for (String text : named == null ? List.<String>of() : named) {
            Call.uuid(text)
                    .ifPresentOrElse(tasks::add, () -> body.fault("task_uuids", "\"" + text + "\" (expected: a UUID)"));
        }
        return new Selection.Named(tasks);
    }

    private static TaskFilter filter(JsonBody filter) {
        filter.requireOnly(name -> FILTERS.contains(name) || name.startsWith(CONTEXT));
        String status = filter.optionalText("status");
        String state = filter.optionalText("state");
        Set<TaskState> states = state != null
                ? TaskStateWords.ofStates(state)
                : status != null ? TaskStateWords.ofStatus(status) : Set.of();
        return new TaskFilter(
                filter.optionalText("namespace"),
                filter.optionalText("name"),
                filter.optionalText("version"),
                states,
                time(filter, "created_after"),
                time(filter, "created_before"),
                time(filter, "updated_after"),
                time(filter, "updated_before"),
                new TaskFilter.Requested(
                        filter.optionalText("initiator"),
                        filter.optionalText("source_system"),
                        tags(filter),
                        filter.optionalUuid("correlation_id"),
                        filter.optionalUuid("parent_correlation_id"),
                        priority(filter, "priority_min"),
                        priority(filter, "priority_max")),
                search(filter));
    }

    private static TaskSearch search(JsonBody filter) {
        List<TaskSearch.At> context = filter.scalarsBelow(CONTEXT).entrySet().stream()
                .map(at -> new TaskSearch.At(at.getKey(), at.getValue()))
                .toList();
        String words = filter.optionalText("q");
        return new TaskSearch(List.of(), context).withWords(words == null ? "" : words);
    }

    private static @Nullable Integer priority(JsonBody filter, String name) {
        return filter.has(name) ? filter.optionalInt(name, 0) : null;
    }

    private static List<String> tags(JsonBody filter) {
        String tag = filter.optionalText("tag");
        return tag == null ? List.of() : List.of(tag);
    }

    private static @Nullable Instant time(JsonBody filter, String name) {
        String text = filter.optionalText(name);
        return text == null ? null : Call.time(name, text);
    }

    private static Reply reply(Result result) {
        JsonWriter json =
                new JsonWriter().openObject().flag("dry_run", result.dryRun()).openArray("successful");
        result.successful().forEach(task -> json.item(task.toString()));
        json.closeArray().openObject("failed");
        for (Map.Entry<UUID, String> failure : result.failed().entrySet()) {
            json.text(failure.getKey().toString(), failure.getValue());
        }
        return Reply.ok(
                json.closeObject().flag("has_more", result.more()).closeObject().toBytes());
    }
}
