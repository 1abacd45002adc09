package dev.tasker.server.api;

import dev.tasker.engine.Cancellation;
import dev.tasker.engine.Creation;
import dev.tasker.engine.Engine;
import dev.tasker.engine.TaskExplanation;
import dev.tasker.engine.TaskFilter;
import dev.tasker.engine.TaskOrder;
import dev.tasker.engine.TaskPage;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskSummary;
import dev.tasker.engine.TaskView;
import dev.tasker.server.security.Permission;
import dev.tasker.server.security.Principal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tasks (03 §1.5, §2.4). Blocks until it is done; whoever calls bounds the time and interrupts. Throws {@link RefusedOperationException} or
 * the engine's EngineException. Thread-safe.
 */
public final class TaskOperations {
    /** Tasks of a page when nothing is said. */
    public static final int PER_PAGE = 25;

    public static final int PER_PAGE_MAX = 100;

    private static final String TASKS = "/v1/tasks";
    private static final String TASK = "/v1/tasks/{uuid}";

    /** The largest offset the engine takes at once. */
    private static final int OFFSET_STEP = 10_000;

    private final Engine engine;
    private final DatabaseGuard guard;

    public TaskOperations(Engine engine, DatabaseGuard guard) {
        this.engine = engine;
        this.guard = guard;
    }

    /**
     * A task that was asked for.
     *
     * @param replayed it was there before, under the same key
     */
    public record Admitted(TaskView task, boolean replayed) {}

    /**
     * Creates a task.
     *
     * @param repeatable whether the caller wants the task that has the identity already, instead of a refusal
     */
    public Admitted create(TaskRequest request, boolean repeatable, Principal caller) throws InterruptedException {
        return guard.create(TASKS, () -> admitted(request, repeatable, caller));
    }

    private Admitted admitted(TaskRequest request, boolean repeatable, Principal caller) throws InterruptedException {
        return switch (Outcomes.of(engine.create(request))) {
            case Creation.Created(UUID taskUuid) -> new Admitted(task(taskUuid).withInitialSteps(), false);
            case Creation.Duplicate(UUID taskUuid) -> {
                if (!repeatable) {
                    throw RefusedOperationException.identityTaken(caller.may(Permission.TASKS_READ) ? taskUuid : null);
                }
                yield new Admitted(task(taskUuid), true);
            }
        };
    }

    public TaskView task(UUID taskUuid) {
        return engine.task(taskUuid).orElseThrow(TaskOperations::unknown);
    }

    /** Cancels a task with all its steps; returns it as it is then. */
    public TaskView cancel(UUID taskUuid, @Nullable String reason, Principal caller) throws InterruptedException {
        Cancellation cancellation = new Cancellation(reason, Callers.operator(caller));
        return guard.run(TASK, Fault.DATABASE_SUSPENDED, () -> {
            Outcomes.require(
                    Outcomes.of(engine.cancel(taskUuid, cancellation)), Fault.TASK_UNKNOWN, Fault.NOT_CANCELLABLE);
            return task(taskUuid);
        });
    }

    public TaskDigest summary(UUID taskUuid) {
        List<TaskSummary> summaries = engine.summaries(List.of(taskUuid));
        if (summaries.isEmpty()) {
            throw unknown();
        }
        return TaskDigestReader.read(summaries.getFirst());
    }

    /** Why the task is not finished. */
    public TaskExplanation why(UUID taskUuid) {
        return engine.why(taskUuid).orElseThrow(TaskOperations::unknown);
    }

    /** Puts a task that was given up back to work, when none of its steps is in error. */
    public TaskView reopen(UUID taskUuid, String reason, Principal caller) {
        Outcomes.require(
                engine.reopen(taskUuid, reason, Callers.operator(caller)), Fault.TASK_UNKNOWN, Fault.ACTION_REFUSED);
        return task(taskUuid);
    }

    /** A page by its number; one past the end is empty. Orders as in {@link #slice(TaskFilter, TaskOrder, long, int)}. */
    public NumberedPage list(TaskFilter filter, TaskOrder order, long page, long perPage) throws InterruptedException {
        if (page < 1) {
            throw new RefusedOperationException(Fault.INVALID, "page must be >= 1");
        }
        requirePerPage(perPage);
        TaskPage found = slice(filter, order, (page - 1) * perPage, (int) perPage);
        return new NumberedPage(
                found.tasks(), page, (int) perPage, found.total().orElse(0), found.isExact());
    }

    /**
     * Tasks after the first {@code offset}, newest first, with the total. A large offset costs as much as reading what it leaves out.
     *
     * @param limit 1 to {@link #PER_PAGE_MAX}
     */
    public TaskPage slice(TaskFilter filter, long offset, int limit) throws InterruptedException {
        requirePerPage(limit);
        return guard.run(TASKS, Fault.DATABASE_SUSPENDED, () -> sliced(filter, offset, limit));
    }

    private TaskPage sliced(TaskFilter filter, long offset, int limit) {
        if (offset < OFFSET_STEP) {
            return engine.tasks(filter, TaskPage.Request.behind((int) offset, limit));
        }
        TaskPage passed = engine.tasks(filter, TaskPage.Request.behind(OFFSET_STEP - 1, 1));
        TaskPage first = passed;
        long left = offset - OFFSET_STEP;
        while (passed.next() != null && left >= OFFSET_STEP) {
            passed = engine.tasks(filter, next(passed, OFFSET_STEP - 1, 1));
            left -= OFFSET_STEP;
        }
        if (passed.next() == null) {
            return new TaskPage(List.of(), first.total(), first.isExact(), null);
        }
        TaskPage page = engine.tasks(filter, next(passed, (int) left, limit));
        return new TaskPage(page.tasks(), first.total(), first.isExact(), page.next());
    }

    private static TaskPage.Request next(TaskPage passed, int offset, int limit) {
        return new TaskPage.Request(passed.next(), offset, limit, TaskOrder.NEWEST_FIRST);
    }

    /**
     * As {@link #slice(TaskFilter, long, int)}, in any order. By update or priority, or with a filter that totals do not cover, the newest
     * {@link TaskFilter#EXAMINED} tasks are sorted, and no others are found. By creation or name every task is found, up to that offset.
     */
    public TaskPage slice(TaskFilter filter, TaskOrder order, long offset, int limit) throws InterruptedException {
        if (order.equals(TaskOrder.NEWEST_FIRST)) {
            return slice(filter, offset, limit);
        }
        requirePerPage(limit);
        int within = (int) Math.min(offset, TaskFilter.EXAMINED);
        TaskPage page = guard.run(
                TASKS,
                Fault.DATABASE_SUSPENDED,
                () -> engine.tasks(filter, new TaskPage.Request(null, within, limit, order)));
        if (offset <= within || page.tasks().isEmpty()) {
            return page;
        }
        throw new RefusedOperationException(
                Fault.INVALID,
                "offset: " + offset + " (expected: at most " + TaskFilter.EXAMINED + ", or newest first)");
    }

    /**
     * The page after a cursor: tasks created meanwhile do not move it.
     *
     * @param cursor the {@link TaskPage#next()} of the page before, null for the first
     */
    public TaskPage after(TaskFilter filter, @Nullable UUID cursor, long limit) throws InterruptedException {
        requirePerPage(limit);
        return guard.run(
                TASKS,
                Fault.DATABASE_SUSPENDED,
                () -> engine.tasks(filter, TaskPage.Request.after(cursor, (int) limit)));
    }

    private static void requirePerPage(long perPage) {
        if (perPage < 1 || perPage > PER_PAGE_MAX) {
            throw new RefusedOperationException(Fault.INVALID, "per_page must be between 1 and " + PER_PAGE_MAX);
        }
    }

    static RefusedOperationException unknown() {
        return new RefusedOperationException(Fault.TASK_UNKNOWN, "Resource not found");
    }
}
