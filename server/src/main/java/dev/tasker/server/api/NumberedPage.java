package dev.tasker.server.api;

import dev.tasker.engine.TaskView;
import java.util.List;

/**
 * A page of tasks by its number (03 §1.4).
 *
 * @param page from 1
 * @param total how many tasks the filter admits
 * @param isExact false: only the newest tasks were looked through, and {@code total} counts what was found among them
 */
public record NumberedPage(List<TaskView> tasks, long page, int perPage, long total, boolean isExact) {
    public NumberedPage {
        tasks = List.copyOf(tasks);
    }

    /** 0 when nothing matches. */
    public long totalPages() {
        return Math.ceilDiv(total, perPage);
    }

    public boolean hasNext() {
        return page < totalPages();
    }

    public boolean hasPrevious() {
        return page > 1;
    }
}
