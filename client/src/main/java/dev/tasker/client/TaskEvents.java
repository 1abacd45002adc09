package dev.tasker.client;

import java.time.Duration;
import java.util.Optional;

/**
 * The changes of one task as they happen, first of all the task as it is. A connection that breaks, or is silent for too long, is made anew
 * where it broke off, and no change is told twice. Over REST none is missed either; over gRPC, which has no place to go on from, of what
 * happened meanwhile the last state of the task and of each step is told. Not thread-safe, but for {@link #close()}.
 */
public interface TaskEvents extends AutoCloseable {

    /**
     * The next change.
     *
     * @return empty when none came in this time, or none will come any more ({@link #ended()})
     * @throws TaskerException when the task is not there, is not for this caller, or the server stays away for longer than the attempts of
     *     {@link RetryPolicy}
     */
    Optional<TaskChange> next(Duration limit) throws InterruptedException;

    /** Whether the task is over and all its changes were told. */
    boolean ended();

    /** Ends the stream; whoever waits for its next change is told that there is none. */
    @Override
    void close();
}
