package dev.tasker.server.rest;

import dev.tasker.engine.TaskFilter;
import dev.tasker.engine.TaskOrder;
import dev.tasker.engine.TaskSearch;
import dev.tasker.engine.TaskState;
import dev.tasker.server.api.TaskStateWords;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What {@code GET /v1/tasks} is asked for (03 §1.5, §6.2). Throws {@link RefusedException}, 400, for what makes no sense. */
final class TaskListQuery {
    private static final long PRIORITIES = Integer.MAX_VALUE;

    private TaskListQuery() {}

    static TaskFilter filter(Call call) {
        return new TaskFilter(
                call.text("namespace").orElse(null),
                call.text("name").orElse(null),
                call.text("version").orElse(null),
                states(call),
                time(call, "created_after"),
                time(call, "created_before"),
                time(call, "updated_after"),
                time(call, "updated_before"),
                new TaskFilter.Requested(
                        call.text("initiator").orElse(null),
                        call.text("source_system").orElse(null),
                        call.texts("tag"),
                        uuid(call, "correlation_id"),
                        uuid(call, "parent_correlation_id"),
                        priority(call, "priority_min"),
                        priority(call, "priority_max")),
                search(call));
    }

    private static TaskSearch search(Call call) {
        List<TaskSearch.At> context = call.below("context.").stream()
                .map(at -> new TaskSearch.At(at.getKey(), at.getValue()))
                .toList();
        return new TaskSearch(List.of(), context).withWords(call.text("q").orElse(""));
    }

    /** A field by which tasks ascend, or descend with a minus before it; newest first without one. */
    static TaskOrder order(Call call) {
        String word = call.text("sort").orElse("-created_at");
        boolean ascending = !word.startsWith("-");
        TaskOrder.Field field = switch (ascending ? word : word.substring(1)) {
            case "created_at" -> TaskOrder.Field.CREATED_AT;
            case "updated_at" -> TaskOrder.Field.UPDATED_AT;
            case "priority" -> TaskOrder.Field.PRIORITY;
            case "name" -> TaskOrder.Field.NAME;
            default ->
                throw new RefusedException(Problem.badQuery(
                        "sort",
                        word + " (expected: created_at, updated_at, priority or name, or one with - before it)"));
        };
        return new TaskOrder(field, ascending);
    }

    /** Those of {@code status} that are also among those of {@code state}. */
    private static Set<TaskState> states(Call call) {
        Set<TaskState> states =
                call.text("status").map(TaskStateWords::ofStatus).orElse(EnumSet.allOf(TaskState.class));
        Optional<String> exact = call.text("state");
        if (exact.isEmpty()) {
            return call.text("status").isEmpty() ? Set.of() : states;
        }
        Set<TaskState> both = EnumSet.copyOf(states);
        both.retainAll(TaskStateWords.ofStates(exact.get()));
        if (both.isEmpty()) {
            throw new RefusedException(
                    Problem.badRequest("status and state: no state is both (expected: one that is)"));
        }
        return both;
    }

    private static @Nullable Instant time(Call call, String name) {
        return call.text(name).map(text -> Call.time(name, text)).orElse(null);
    }

    private static @Nullable UUID uuid(Call call, String name) {
        return call.text(name)
                .map(text -> Call.uuid(text)
                        .orElseThrow(() ->
                                new RefusedException(Problem.badQuery(name, "\"" + text + "\" (expected: a UUID)"))))
                .orElse(null);
    }

    private static @Nullable Integer priority(Call call, String name) {
        return call.text(name).isEmpty()
                ? null
                : call.number(name, -PRIORITIES, PRIORITIES).map(Long::intValue).orElse(null);
    }
}
