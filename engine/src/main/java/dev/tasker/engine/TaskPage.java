package dev.tasker.engine;

import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list of tasks, and its total, from one snapshot.
 *
 * @param tasks in the order that was asked for, without their steps
 * @param total how many tasks the filter admits; empty on a page after a cursor when totals do not cover the filter
 * @param isExact false: {@code total} counts only what was looked through ({@link TaskFilter})
 * @param next where the next page begins, null when there is none; tasks created meanwhile do not move it
 */
public record TaskPage(
        List<TaskView> tasks,
        OptionalLong total,
        boolean isExact,
        @Nullable UUID next) {

    public TaskPage {
        tasks = List.copyOf(tasks);
    }

    /**
     * Which page.
     *
     * @param after the {@code next} of the page before, null for the first
     * @param offset tasks to leave out before the page, for numbered pages, 0 to 10 000; costs as much as reading them
     * @param limit most tasks, 1 to 500
     * @param order any but newest first has no cursor; by update or priority, or with a filter that totals do not cover, the newest
     *     {@link TaskFilter#EXAMINED} tasks are sorted
     */
    public record Request(@Nullable UUID after, int offset, int limit, TaskOrder order) {
        /** Fails with {@link EngineException}, {@link ErrorCode#INVALID_REQUEST}. */
        public Request {
            if (offset < 0 || offset > 10_000) {
                throw new EngineException(
                        ErrorCode.INVALID_REQUEST, "offset: " + offset + " (expected: 0 to 10000, or a cursor)");
            }
            if (limit < 1 || limit > 500) {
                throw new EngineException(ErrorCode.INVALID_REQUEST, "limit: " + limit + " (expected: 1 to 500)");
            }
        }

        public static Request first(int limit) {
            return new Request(null, 0, limit, TaskOrder.NEWEST_FIRST);
        }

        /** The page after so many of the newest tasks. */
        public static Request behind(int offset, int limit) {
            return new Request(null, offset, limit, TaskOrder.NEWEST_FIRST);
        }

        /** Takes the {@code next} of the page before; null for the first page. */
        public static Request after(@Nullable UUID cursor, int limit) {
            return new Request(cursor, 0, limit, TaskOrder.NEWEST_FIRST);
        }
    }
}
