package dev.tasker.server.grpc;

import com.tasker.v1.ListTasksRequest;
import com.tasker.v1.ListTasksResponse;
import com.tasker.v1.PaginationRequest;
import com.tasker.v1.PaginationResponse;
import com.tasker.v1.SortSpec;
import com.tasker.v1.TimestampRange;
import dev.tasker.engine.TaskFilter;
import dev.tasker.engine.TaskOrder;
import dev.tasker.engine.TaskPage;
import java.util.EnumSet;
import java.util.Set;

/**
 * What {@code ListTasks} is asked for (03 §2.4).
 *
 * @param offset tasks to leave out, exactly
 */
record ListTasksMessage(TaskFilter filter, TaskOrder order, int offset, int limit) {
    private static final int LIMIT = 50;

    /** Fails with what a caller is told; whether the limit is one is for the operation to say. */
    static ListTasksMessage read(ListTasksRequest message) {
        PaginationRequest page = message.getPagination();
        if (page.getOffset() < 0) {
            throw Fields.invalid("offset must not be negative");
        }
        return new ListTasksMessage(
                filter(message), order(message.getSort()), page.getOffset(), page.hasLimit() ? page.getLimit() : LIMIT);
    }

    private static TaskFilter filter(ListTasksRequest message) {
        TimestampRange created = message.getCreatedAt();
        return new TaskFilter(
                message.hasNamespace() ? message.getNamespace() : null,
                message.hasName() ? message.getName() : null,
                null,
                states(message),
                created.hasStart() ? Fields.instant("created_at.start", created.getStart()) : null,
                created.hasEnd() ? Fields.instant("created_at.end", created.getEnd()) : null,
                null,
                null,
                TaskFilter.Requested.by(
                        message.hasInitiator() ? message.getInitiator() : null, null, message.getTagsList()));
    }

    private static Set<dev.tasker.engine.TaskState> states(ListTasksRequest message) {
        Set<dev.tasker.engine.TaskState> states = EnumSet.noneOf(dev.tasker.engine.TaskState.class);
        message.getStatesList().forEach(state -> states.add(Fields.state(state)));
        return states;
    }

    /** Descending unless told otherwise, by creation when no field is named. */
    private static TaskOrder order(SortSpec sort) {
        TaskOrder.Field field = switch (sort.getField()) {
            case "", "created_at" -> TaskOrder.Field.CREATED_AT;
            case "updated_at" -> TaskOrder.Field.UPDATED_AT;
            case "priority" -> TaskOrder.Field.PRIORITY;
            case "name" -> TaskOrder.Field.NAME;
            default ->
                throw Fields.invalid("sort.field: " + Fields.shown(sort.getField())
                        + " (expected: created_at, updated_at, priority or name)");
        };
        return switch (sort.getDirection()) {
            case SORT_DIRECTION_UNSPECIFIED, SORT_DIRECTION_DESC -> new TaskOrder(field, false);
            case SORT_DIRECTION_ASC -> new TaskOrder(field, true);
            case UNRECOGNIZED -> throw Fields.invalid("sort.direction: unknown (expected: 1 or 2)");
        };
    }

    /** One page of the answer. */
    ListTasksResponse answer(TaskPage page) {
        ListTasksResponse.Builder answer = ListTasksResponse.newBuilder();
        page.tasks().forEach(task -> answer.addTasks(TaskMessages.task(task)));
        long total = page.total().orElse(0);
        int count = page.tasks().size();
        return answer.setPagination(PaginationResponse.newBuilder()
                        .setTotal(total)
                        .setCount(count)
                        .setOffset(offset)
                        .setHasMore((long) offset + count < total))
                .build();
    }
}
