package dev.tasker.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page of a list of tasks, newest first. */
public record TaskPage(List<Task> tasks, Pagination pagination) {

    /**
     * Where the page is. Pages asked for by number have {@code page} and the like, those asked for by cursor have {@code limit} and {@code nextCursor}.
     *
     * @param totalCount null when it was not asked for
     * @param totalIsExact false when only the newest 10 000 tasks were looked through and there are more; null for pages by number whose total is exact
     * @param nextCursor of the page behind, null behind the last one
     */
    public record Pagination(
            @Nullable Long page,
            @Nullable Long perPage,
            @Nullable Long totalCount,
            @Nullable Long totalPages,
            boolean hasNext,
            @Nullable Boolean hasPrevious,
            @Nullable Boolean totalIsExact,
            @Nullable Long limit,
            @Nullable String nextCursor) {}
}
