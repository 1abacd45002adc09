package dev.tasker.client;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Investigations of tasks that went wrong (03 §1.9). Thread-safe; get one from {@link TaskerClient#deadLetters()}. */
public interface DeadLetters {
    /**
     * Newest first.
     *
     * @param status null for any
     * @param limit 1 to 1 000
     */
    List<DeadLetter> list(DeadLetter.@Nullable Status status, int limit, int offset) throws InterruptedException;

    /** The newest one of a task. */
    DeadLetter ofTask(UUID task) throws InterruptedException;

    /**
     * Opens an investigation by hand. <i>REST only.</i>
     *
     * @param metadata kept with it, null for none
     */
    DeadLetter enter(UUID task, @Nullable JsonNode metadata) throws InterruptedException;

    /** Notes what is known; never moves the task. Making the same note again changes nothing, so a lost answer is asked for again. */
    void update(UUID entry, DeadLetterUpdate update) throws InterruptedException;

    /** One line for each reason there is. */
    List<DeadLetterStats> stats() throws InterruptedException;

    /** Open ones, the most urgent first. */
    List<QueuedDeadLetter> queue(int limit) throws InterruptedException;

    /** Tasks that wait, the stalest first. */
    List<StaleTask> staleness(int limit) throws InterruptedException;
}
