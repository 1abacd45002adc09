package dev.tasker.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tasks (03 §1.5, §6.2). Thread-safe; get one from {@link TaskerClient#tasks()}. What is marked <i>REST only</i> fails over gRPC with
 * {@link TaskerException.Unsupported}.
 */
public interface Tasks {
    /**
     * Creates a task; under an idempotency key, finds the one that is there already.
     *
     * @return the task; without its steps where the transport is gRPC
     * @throws TaskerException.Conflict when a task of the same identity is there and no key was given
     * @throws TaskerException.Backpressure when the server has too much to do, even after the attempts of {@link RetryPolicy}
     */
    Task create(CreateTask task) throws InterruptedException;

    Task get(UUID task) throws InterruptedException;

    /**
     * A page by its number. Over gRPC, version and source system are no conditions.
     *
     * @param page from 1
     * @param perPage 1 to 100
     */
    TaskPage list(TaskQuery query, int page, int perPage) throws InterruptedException;

    /**
     * A page that tasks created meanwhile do not move; a deep one costs no more than the first. <i>REST only.</i>
     *
     * @param cursor {@code next_cursor} of the page before, null for the first page
     * @param limit 1 to 100
     */
    TaskPage after(TaskQuery query, @Nullable String cursor, int limit) throws InterruptedException;

    /**
     * All of them, the newest first; pages are asked for as the stream goes on, so its operations fail as calls do. Over REST no task is missing
     * or told twice, whatever is created meanwhile; over gRPC, which has no cursor, one may be told twice where more than a page of tasks comes
     * between two pages. An interrupt ends it with {@link java.util.concurrent.CancellationException}.
     */
    Stream<Task> stream(TaskQuery query);

    /**
     * Cancels a task and every step of it that is not over.
     *
     * @param reason for its history, null for none
     * @throws TaskerException.Validation when it is over already
     */
    Task cancel(UUID task, @Nullable String reason) throws InterruptedException;

    /** With the graph of its template. */
    TaskSummary summary(UUID task) throws InterruptedException;

    /** Why it does not go on. <i>REST only.</i> */
    TaskExplanation why(UUID task) throws InterruptedException;

    /** Its whole history. <i>REST only.</i> */
    TaskTimeline timeline(UUID task) throws InterruptedException;

    /**
     * Waits until the task rests: is over, or waits for a person ({@link TaskState#isResting()}). The server says when; where it
     * cannot, the task is asked for again and again.
     *
     * @param limit how long to wait; the task is then returned as it is
     */
    Task await(UUID task, Duration limit) throws InterruptedException;

    /**
     * Waits until each of them rests, as {@link #await}.
     *
     * @param limit for all of them together; those that do not rest then are returned as they are
     * @return in the order asked for
     */
    default List<Task> awaitAll(Collection<UUID> tasks, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        List<Task> found = new ArrayList<>();
        for (UUID task : tasks) { // they go on while one is waited for
            found.add(await(task, Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))));
        }
        return found;
    }

    /**
     * Follows a task from now on. Nothing is asked before the first event is.
     *
     * @return to be closed
     */
    TaskEvents watch(UUID task);

    /** Tries every failed step again; the rest is as it was. <i>REST only.</i> */
    Task retry(UUID task, String reason) throws InterruptedException;

    /** Puts a task that only waited too long back to work. <i>REST only.</i> */
    Task reopen(UUID task, String reason) throws InterruptedException;

    /** Cancels many. <i>REST only.</i> */
    BulkResult cancel(Selection tasks, @Nullable String reason, boolean dryRun) throws InterruptedException;

    /** Tries every failed step of many again. <i>REST only.</i> */
    BulkResult retry(Selection tasks, @Nullable String reason, boolean dryRun) throws InterruptedException;
}
